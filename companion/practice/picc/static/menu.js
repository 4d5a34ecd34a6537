const written = document.getElementById("menuList").dataset.mode === "written_windows";

document.getElementById("menuEntry").addEventListener("click", (event) => {
  event.preventDefault();
  openPage(event.target.getAttribute("href"), "proposalEntry", written);
});
