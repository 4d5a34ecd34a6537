const image = document.getElementById("captchaImage");
image.addEventListener("click", () => {
  image.src = `/prpall/captcha.do?seed=${Date.now()}`;
});
