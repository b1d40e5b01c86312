//! A workbook: the bytes of an archive as they are, or its parts, zeros between them, which are then packed.
#![no_main]

use std::io::{Cursor, Write};

use jianjia_documents::sheet;
use libfuzzer_sys::fuzz_target;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const PARTS: [&str; 6] = [
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
];
const USUAL: [&str; 6] = [
    "<worksheet><sheetData/></worksheet>",
    "<sst/>",
    "<styleSheet/>",
    r#"<workbook><sheets><sheet name="s" sheetId="1" r:id="s1"/></sheets></workbook>"#,
    r#"<Relationships><Relationship Id="s1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="t1" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="y1" Type="x/styles" Target="styles.xml"/></Relationships>"#,
    r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
];

fn packed(bytes: &[u8]) -> Vec<u8> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut given = bytes.split(|byte| *byte == 0);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, usual) in PARTS.iter().zip(USUAL) {
        let content = given.next().filter(|given| !given.is_empty());
        archive.start_file(*name, stored).expect("a part begins");
        archive
            .write_all(content.unwrap_or(usual.as_bytes()))
            .expect("a part is written");
    }
    archive.finish().expect("an archive").into_inner()
}

fuzz_target!(|bytes: &[u8]| {
    let read = if bytes.starts_with(b"PK") {
        sheet::read(bytes, "a.xlsx")
    } else {
        sheet::read(&packed(bytes), "a.xlsx")
    };
    for row in read.map(|sheet| sheet.rows).unwrap_or_default() {
        assert!(row.number > 0 && row.cells.len() <= sheet::COLUMNS_LIMIT);
        assert!(row.cells.last().is_some_and(|cell| !cell.is_empty()));
    }
});
