document.getElementById("menuEntry").addEventListener("click", (event) => {
  event.preventDefault();
  window.open(event.target.href, "proposalEntry", "width=1240,height=700,resizable=yes,scrollbars=yes");
});
