// SPDX-License-Identifier: EUPL-1.2
// Run by Rhino, which comes with veraPDF: judges a PDF by PDF/A-3a and PDF/UA-1, and says what is wrong.
importClass(org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider);
importClass(org.verapdf.pdfa.Foundries);
importClass(org.verapdf.pdfa.flavours.PDFAFlavour);
var path = arguments[0];
VeraGreenfieldFoundryProvider.initialise();
["3a", "ua1"].forEach(function (name) {
  var flavour = PDFAFlavour.byFlavourId(name);
  var parser = Foundries.defaultInstance().createParser(new java.io.FileInputStream(path), flavour);
  var result = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
  print(name + " " + result.isCompliant() + " " + (result.getTotalAssertions() > 100));
  var told = result.getTestAssertions();
  for (var at = 0; at < told.size(); at++) {
    if (String(told.get(at).getStatus()) === "FAILED") print(told.get(at).getRuleId() + " " + told.get(at).getMessage());
  }
});
