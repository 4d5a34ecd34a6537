const TROUBLES = {
  1: "用户名或密码错误",
  2: "账号已锁定，请联系管理员",
  3: "验证码错误",
  4: "密码已过期，请修改密码",
  5: "当前设备未绑定",
  6: "不在允许的登录时间内",
  8: "密码强度过低，请修改密码",
};

function another() {
  byId("capImg").src = `/ecar/auth/captchaImage?_=${Date.now()}`;
  byId("verifyCode").value = "";
}

function entered(status, text) {
  byId("loginBtn").disabled = false;
  const answer = readEnvelope(text);
  if (answer.authentication === "true") {
    location.href = `${PAGES}/common/index.html`;
    return;
  }
  byId("errorMsg").textContent = TROUBLES[answer.errCode] || "登录失败，请稍后重试";
  another();
  byId("verifyCode").focus();
}

byId("capImg").onclick = another;
byId("loginForm").onsubmit = (event) => {
  event.preventDefault();
  byId("loginBtn").disabled = true;
  byId("errorMsg").textContent = "";
  const fields = new URLSearchParams(new FormData(event.target));
  post("/ecar/j_spring_security_check", "application/x-www-form-urlencoded; charset=UTF-8", fields.toString(), entered);
};
another();
