// Words that portals of insurers are made of. Only these stay in a recording: whatever is not made of them may be
// somebody's name and is replaced. A word may be added when nobody can be called so.

/** Of two characters and more, each as portals write it. */
export const WORDS = new Set(
  `
  登录 登陆 登出 注销 退出 用户 用户名 用户代码 帐号 账号 账户 密码 验证码 短信 证码 首页 菜单 主页 导航 欢迎 您好 尊敬 系统 平台 门户 工作台 中心
  核心 业务 管理 控制台 待办 已办 事项 消息 通知 公告 提示 信息 警告 错误 异常 成功 失败 完成 处理 正在 请稍候 请稍后 稍后 再试 重试 繁忙 维护 加载 加载中
  超时 过期 失效 生效 有效 无效 当前 位置 状态 时间 日期 年月 开始 结束 起期 止期 起保 终保 保险期间 期间 初登日期 初次登记日期 登记 生成 更新 录入 创建 修改
  操作 操作员 新增 新建 添加 删除 编辑 查看 查询 搜索 检索 重置 清空 提交 保存 暂存 确定 确认 取消 关闭 返回 撤回 撤销 退回 打印 下载 上传 导入 导出 刷新
  复制 选择 请选择 全选 勾选 点击 更换 展开 收起 更多 详情 明细 详细 列表 条件 结果 记录 条记录 合计 总计 小计 数量 金额 每页 上一页 下一页 末页 首条 条数
  页码 跳转 前往 显示 隐藏 全部 其他 其它 未知 暂无 数据 没有 符合 暂无数据 没有符合条件 不存在 不能 不可 不得 无法 必须 必填 必录 为空 不能为空 有误 正确 不正确 格式
  请输入 请录入 请填写 请确认 请修改 请先 请重新 重新 输入 填写 是否 同意 拒绝 允许 禁止 联系 管理员 客服 帮助 关于 版本 说明 备注 描述 附件 文件 图片 影像 资料
  代码 名称 编号 序号 编码 类型 类别 种类 性质 方式 级别 等级 渠道 来源 机构 部门 分公司 支公司 公司 代理 代理人 经办人 出单 出单员 业务员 归属 团队 团单 个单
  客户 客户名称 姓名 性别 出生 年龄 民族 证件 证件类型 证件号码 身份证 居民身份证 护照 营业执照 组织机构代码 统一社会信用代码 手机 手机号 手机号码 电话 联系电话 移动电话 固定电话
  联系人 联系地址 通讯地址 地址 邮编 邮箱 电子邮箱 投保人 被保险人 受益人 车主 行驶证车主 行驶证 驾驶证 驾驶员 司机 乘客 关系 本人 与投保人关系 与被保险人关系
  车辆 车险 机动车 机动车辆 车牌 车牌号 车牌号码 号牌 号牌号码 号牌种类 车架号 车架 识别代码 发动机 发动机号 厂牌 厂牌型号 品牌 型号 车型 车系 车辆信息 车辆类型 使用性质
  家庭自用 非营业 营业 出租 租赁 客车 货车 轿车 小型汽车 大型汽车 新能源 燃料 汽油 柴油 电动 排量 座位 座位数 核定载客 核定载质量 整备质量 吨位 购置价 新车购置价 折旧 实际价值 过户 新车
  保险 保险人 保险单 保险单号 保单 保单号 保单号码 投保 投保单 投保单号 投保单号码 报价 报价单 报价单号 询价 询价单 询价单号 批单 批单号 业务号 业务单号 单号 号码 流水号 订单 订单号 暂存单 正本 副本
  电子保单 保单正本 保险标志 险种 险别 险类 主险 附加险 商业 商业险 商业保险 交强 交强险 强制 强制险 非车险 意外险 车船税 代收车船税 完税 减免 滞纳金 损失 损失险 机动车损失保险 车损险 第三者 第三者责任险 三者险
  责任 责任险 责任限额 限额 保额 保险金额 保费 保险费 总保费 净保费 含税 不含税 税率 税额 折扣 系数 优惠 费率 手续费 免赔 免赔率 不计免赔 车上人员 车上人员责任险 玻璃 盗抢 自燃 涉水 划痕 特约 条款
  承保 已承保 核保 核保中 已核保 自动核保 人工核保 转人工 核保通过 核保不通过 通过 不通过 未通过 待核保 提交核保 已提交 核保意见 意见 审核 审批 复核 初审 终审 下发 下发修改 退回修改 打回 拒保 缴费 已缴费 待缴费 去缴费
  支付 待支付 已支付 未支付 支付中 支付成功 支付失败 支付方式 支付号 刷卡 刷卡支付 刷卡支付号 扫码 扫码支付 二维码 微信 微信支付 支付宝 银联 转账 现金 支票 收付 收付费 收银台 收据 发票 应缴 实缴 应收 实收
  应付 实付 缴费通知单 通知单 通知单号 终端 签收 签单 签发 签名 已签 已报价 未报价 待报价 报价中 报价成功 报价失败 已保存 已暂存 保存成功 暂存成功 提交成功 删除成功 撤回成功 操作成功 已删除 已撤回 已作废 作废 已失效 已生效
  已过期 待修改 待处理 待提交 待审核 已完成 已退保 退保 批改 续保 转保 新保 脱保 上年 本年 去年 今年 脱敏 平均 出险 理赔 次数 案件 赔付 浮动 因素 违法 交通 酒驾 平台查询 精友 车型查询 计算 试算 算价 比价 保费计算 方案 套餐 推荐
  是 否 男性 女性 未选 已选 启用 停用 正常 异地 本地 省份 城市 地区 区域 全国 办公 今日 昨日 本月 上月 最近 自定义 请求 应答 返回码 会话 重新登录 请重新登录 已退出 网络 服务器 浏览器 页面 窗口 弹出 主页面 链接 功能 设置 配置 参数 权限 角色 主菜单
  简体中文 中文 英文 中华人民共和国 版权所有 保留所有权利 技术支持 隐私 政策 协议 须知 声明 告知 阅读 知悉 投诉 热线 服务 意外 健康 财产 家财 旅游 人寿 财险 产险 车队 股份 有限公司 有限责任公司 集团 银行 支行
  `
    .split(/\s+/u)
    .filter((word) => word.length > 1),
);

/** Characters that may stand between words, and alone; beside anything unknown they are replaced with it. */
export const BETWEEN = new Set("的是否为已了在不未请及或与共第页条项元人份个到至自从按每月日时分秒年号省市县区镇乡村路街道弄楼栋幢室层户男女有无新旧次");

/** What identifiers and codes are made of: `policyNo` is kept because `policy` and `no` stand here. */
export const STEMS = new Set(
  `
  about accept account action active add address after again agent agree all allow amount annual answer api app apply area arrow asc ask at attr auth auto back bank bar base
  batch before begin biz black blank blob block blue body bold bottom box brand btn business button by calc call cancel captcha car card carrier case cell center cert change
  char chassis check checkbox child choose city clear click clivta clivtpl close cls code col color column com comm commercial common company complete compulsory conf config confirm
  contact container content control copy count cover coverage create css cur current custom customer dash data date day deal def default del delete desc desk detail dialog
  dict disable disabled div do doc document down download draft drag driver drop dt edit el element elem em email empty enable end engine enrol ent enter entity entry err error even
  event exact excel exit expire export ext extra fail false fast fee field file fill filter final find first fixed flag flat flex float flow font foot footer for form format frame
  free from front fuel full func gap get go grid group half handle has head header height help hidden hide home hour house href html icon icons idx image img import in info init
  inline inner input ins insert insurance insurant insure insured int issue item items job js json jsp jump just key kind label large last layer layout left legend len level
   licence license light like limit line lines link list load loading local lock log login logo logout main make manage map mark max member menu message meta method
  middle minus mobile modal model module money month more motor move msg multi must my name nav net new next no node none normal not note notice null num number odd of off office ok old
  on one op open operate operator option options or order org other out outer over own owner page pager panel param parent part pass password path pay payment pdf pending per person
  phone pic picture place plan plate plus policy pop popup port portal post pre premium prev price print private pro process product profile proposal pull pure push put qr query quick quota
  quotation quote radio rate raw read ready real reason record red ref refresh refuse refused reg region register rel reload remark remove reply report req request required res reset
  resource response rest result return right risk role root round row rows rule run safe sale save saved scan scroll search seat second section select selected self send serial service session set
  settle sex shadow show shown side sign simple single site size small sort source span sql start state static status step stop store street string strong style sub submit success sum super
  support switch sys system tab table tag target task tax tbody td tel temp template text th than thead theme then there third this tip title to token tool toolbar top total tr trade tree trim
  true type ui uid under underwrite underwriting unit unknown up update upload url use user val valid validate value vehicle verify version vi view vin visible voucher wait wap warn way
  web week white who width win window with word work workbench wrap write year yes zip zone
  application argb bootstrap btngroup cashier datagrid disabledtext dropdown easyui hover layui multipart octet plain pulled stream urlencoded utf wechat alipay xhr xml
  `
    .trim()
    .split(/\s+/u),
);

/** What invented names begin with, and go on with. */
export const FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗方俞任袁柳鲍史唐费薛雷贺倪汤滕罗毕郝安常傅卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯管卢莫房解应宗丁邓洪包左石崔吉龚程邢裴陆荣翁荀曾白叶刘龙温庄晏瞿阎习向古易廖耿匡文寇欧沃蔚师巩聂晁勾敖冷辛那简饶曾关游";
export const GIVEN = "一乙丁子川凡之千云友元方可平永正甲立光同名多好如字安帆成旭早有朱百竹羽自舟良辰言初君坚宏妙希序彤志芳苏辛远青佳依凯卓和国坤奇宛尚岩岳忠明昕易昊松林枫欣沛河法波玥知秉若茂金雨南奕姝威宣宥彦律思恒柏柔泉洋洛炫珂玲相看眉秋科纪美英衍语贞轩";
