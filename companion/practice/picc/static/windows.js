// Windows of their own, as the core system has always opened them. In some branches their pages are written into them.
const windowLook = "width=1240,height=700,resizable=yes,scrollbars=yes";

function openPage(path, name, written) {
  if (!written) return window.open(path, name, windowLook);
  // A window written a second time would run its scripts twice in one world.
  const opened = window.open("", `${name}${Date.now()}`, windowLook);
  const request = new XMLHttpRequest();
  request.open("GET", path);
  request.onload = () => writePage(opened, request.responseText);
  request.send();
  return opened;
}

function writePage(opened, text) {
  opened.document.open();
  opened.document.write(text);
  opened.document.close();
}
