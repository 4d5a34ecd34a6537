/* 登录成功后转入业务系统。 */
document.forms.transferForm.submit();
