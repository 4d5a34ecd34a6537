function files(data) {
  const span = document.createElement("span");
  const print = document.createElement("a");
  print.href = `/prpall/print/policyPdf.do?policyNo=${data.policyNo}`;
  print.target = "_blank";
  print.textContent = "保单打印";
  const download = link("电子保单", () => {
    element("epolicyNo").value = data.policyNo;
    element("epolicyForm").submit();
  });
  download.className = "epolicy";
  span.append(print, " ", download);
  return span;
}

function makeRow(data) {
  const row = document.createElement("tr");
  row.className = "datagrid-row";
  cell(row, "policyNo", data.policyNo);
  cell(row, "proposalNo", data.proposalNo);
  cell(row, "riskName", data.riskName);
  cell(row, "licenseNo", data.licenseNo);
  cell(row, "insuredName", data.insuredName);
  cell(row, "startDate", day(data.startDate));
  cell(row, "sumPremium", data.sumPremium.toFixed(2));
  cell(row, "operatorCode", data.operatorCode);
  cell(row, "print", files(data));
  return row;
}

startGrid(makeRow, ["print"]);
