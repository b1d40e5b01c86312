//! Files made to fill the memory or to occupy a core.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

use crate::sheet::{
    BYTES_LIMIT, CELL_LIMIT, CELLS_LIMIT, PARTS_LIMIT, ROWS_LIMIT, SheetProblem, SheetRow,
    TEXT_LIMIT, UNPACKED_LIMIT, read,
};

const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELS: &str = r#"<Relationships><Relationship Id="s1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const BOOK: &str =
    r#"<workbook><sheets><sheet name="表" sheetId="1" r:id="s1"/></sheets></workbook>"#;

/// A workbook of one sheet, with further parts.
pub(super) fn workbook(sheet_data: &str, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{sheet_data}</sheetData></worksheet>");
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let usual = [
        ("_rels/.rels", RELS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    let replaced = |name: &str| parts.iter().any(|(other, _)| *other == name);
    let usual = usual.iter().filter(|(name, _)| !replaced(name));
    for (name, content) in usual.chain(parts) {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn shared(texts: &[&str]) -> Vec<u8> {
    let texts: Vec<String> = texts
        .iter()
        .map(|text| format!("<si><t>{text}</t></si>"))
        .collect();
    format!(
        r#"<sst uniqueCount="99999999999999999">{}</sst>"#,
        texts.concat()
    )
    .into_bytes()
}

/// This many rows, each using the shared string of a number in its first cell.
fn uses(number: usize, count: usize) -> String {
    let rows = (1..=count)
        .map(|row| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>{number}</v></c></row>"#));
    rows.collect()
}

fn check(bytes: &[u8], name: &str, expect: &SheetProblem) {
    assert!(bytes.len() <= BYTES_LIMIT);
    assert_eq!(read(bytes, name).as_ref(), Err(expect));
}

fn cells(bytes: &[u8], name: &str) -> Vec<(usize, Vec<String>)> {
    let rows = read(bytes, name).unwrap().rows;
    rows.into_iter()
        .map(|SheetRow { number, cells, .. }| (number, cells))
        .collect()
}

#[test]
fn a_text_that_many_cells_share_counts_with_every_use() {
    let long = "长".repeat(CELL_LIMIT + 1);
    let most = "长".repeat(CELL_LIMIT);
    let texts = shared(&["短", &long, &most]);
    let parts = [("xl/sharedStrings.xml", texts.as_slice())];
    check(
        &workbook(&(uses(0, 1) + &uses(1, 12_000)), &parts),
        "a.xlsx",
        &SheetProblem::CellTooLong {
            limit: CELL_LIMIT,
            row: 1,
            column: 0,
        },
    );
    check(
        &workbook(&uses(2, 12_000), &parts),
        "a.xlsx",
        &SheetProblem::TooMuchText {
            limit: TEXT_LIMIT,
            row: Some(TEXT_LIMIT / most.len() + 1),
        },
    );
    // A part that is not used does no harm, and what the table of strings claims does not matter.
    assert_eq!(
        cells(&workbook(&uses(0, 2), &parts), "a.xlsx"),
        [(1, vec!["短".to_owned()]), (2, vec!["短".to_owned()])]
    );
    assert_eq!(
        cells(&workbook(&uses(2, 1), &parts), "a.xlsx"),
        [(1, vec![most])]
    );
}

#[test]
fn long_texts_in_cells_are_told_with_their_place() {
    let long = "x".repeat(CELL_LIMIT + 1);
    for cell in [
        format!(r#"<c r="AB7" t="inlineStr"><is><t>{long}</t></is></c>"#),
        format!(
            r#"<c r="AB7" t="inlineStr"><is><r><t>{long}</t></r><r><t>{long}</t></r></is></c>"#
        ),
        format!(r#"<c r="AB7" t="str"><v>{long}</v></c>"#),
        format!(r#"<c r="AB7"><v>{long}</v></c>"#),
        format!(
            r#"<c r="AB7" t="str"><v>{}</v></c>"#,
            "&amp;".repeat(CELL_LIMIT + 1)
        ),
    ] {
        check(
            &workbook(&format!(r#"<row r="7">{cell}</row>"#), &[]),
            "a.xlsx",
            &SheetProblem::CellTooLong {
                limit: CELL_LIMIT,
                row: 7,
                column: 27,
            },
        );
    }
}

#[test]
fn rows_and_cells_are_counted_while_they_are_read() {
    let rows: String = (1..=ROWS_LIMIT + 1)
        .map(|row| format!("<row><c><v>{row}</v></c></row>"))
        .collect();
    check(
        &workbook(&rows, &[]),
        "a.xlsx",
        &SheetProblem::TooManyRows { limit: ROWS_LIMIT },
    );
    // Each row takes room for all columns up to the last.
    let rows: String = (1..=20_000)
        .map(|row| format!(r#"<row><c r="GR{row}"><v>1</v></c></row>"#))
        .collect();
    check(
        &workbook(&rows, &[]),
        "a.xlsx",
        &SheetProblem::TooManyCells {
            limit: CELLS_LIMIT,
            row: Some(CELLS_LIMIT / 200 + 1),
        },
    );
    let csv = format!("{}1\n", ",".repeat(199)).repeat(20_000);
    check(
        csv.as_bytes(),
        "a.csv",
        &SheetProblem::TooManyCells {
            limit: CELLS_LIMIT,
            row: Some(CELLS_LIMIT / 200 + 1),
        },
    );
    let too_many = SheetProblem::TooManyColumns {
        limit: 16_384,
        row: 2,
    };
    let columns = format!("1\n2{}", ",".repeat(BYTES_LIMIT - 10));
    check(columns.as_bytes(), "a.csv", &too_many);
    let columns = format!("<row/><row>{}</row>", "<c/>".repeat(20_000));
    check(&workbook(&columns, &[]), "a.xlsx", &too_many);
}

#[test]
fn what_an_archive_unpacks_to_is_counted_while_it_is_unpacked() {
    let filler = format!("<x/>{}", " ".repeat(900_000));
    let bomb = workbook(&filler.repeat(240), &[]);
    assert!(bomb.len() < 1_000_000);
    let limit = usize::try_from(UNPACKED_LIMIT).unwrap();
    check(&bomb, "a.xlsx", &SheetProblem::UnpackedTooLarge { limit });
    // The same with false sizes in the central directory.
    let mut liar = bomb;
    let heads: Vec<usize> = (0..liar.len() - 4)
        .filter(|at| liar[*at..].starts_with(b"PK\x01\x02"))
        .collect();
    assert_eq!(heads.len(), 4);
    for head in heads {
        liar[head + 24..head + 28].copy_from_slice(&9_u32.to_le_bytes());
    }
    assert!(read(&liar, "a.xlsx").is_err());
}

#[test]
fn an_archive_of_very_many_parts_is_not_opened() {
    let names: Vec<String> = (0..PARTS_LIMIT)
        .map(|part| format!("xl/media/{part}"))
        .collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let too_many = SheetProblem::TooManyParts { limit: PARTS_LIMIT };
    check(&workbook(&uses(0, 0), &parts), "a.xlsx", &too_many);
    // A directory that only claims to have them.
    let mut claims = workbook("", &[]);
    let end = claims.len() - 22;
    let mut long_end = b"PK\x06\x06".to_vec();
    long_end.extend(44_u64.to_le_bytes());
    long_end.extend([0; 12]);
    long_end.extend((end as u64).to_le_bytes().repeat(2));
    long_end.extend(u64::MAX.to_le_bytes());
    long_end.extend(0_u64.to_le_bytes());
    claims.splice(end..end, long_end);
    assert!(read(&claims, "a.xlsx").is_err());
}

#[test]
fn xml_is_bounded_in_depth_and_in_the_length_of_its_pieces() {
    let row = r#"<row><c><v>1</v></c></row>"#;
    let deep = format!("{}{}", "<x>".repeat(1_000), "</x>".repeat(1_000));
    let wide = format!(r#"<x y="{}"/>"#, "z".repeat(1_200_000));
    let many: String = (0..120_000)
        .map(|number| format!(r#" a{number}="1""#))
        .collect();
    let many = format!("<x{many}/>");
    let text = format!("<x>{}</x>", "z".repeat(1_200_000));
    let comment = format!("<!--{}-->", "z".repeat(1_200_000));
    for odd in [deep, wide, many, text, comment] {
        check(
            &workbook(&format!("{odd}{row}"), &[]),
            "a.xlsx",
            &SheetProblem::TooIntricate,
        );
        for part in [
            "_rels/.rels",
            "xl/workbook.xml",
            "xl/styles.xml",
            "xl/sharedStrings.xml",
        ] {
            let odd = odd.as_bytes();
            check(
                &workbook(row, &[(part, odd)]),
                "a.xlsx",
                &SheetProblem::TooIntricate,
            );
        }
    }
    // Entities that a document defines itself are not expanded.
    let laughs =
        r#"<!DOCTYPE x [<!ENTITY a "&b;&b;&b;"><!ENTITY b "ha">]><sst><si><t>&a;</t></si></sst>"#;
    check(
        &workbook(&uses(0, 1), &[("xl/sharedStrings.xml", laughs.as_bytes())]),
        "a.xlsx",
        &SheetProblem::Damaged,
    );
}

#[test]
fn formats_are_not_copied_for_every_cell() {
    let code = "0".repeat(900_000);
    let styles = format!(
        r#"<styleSheet><numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts><cellXfs>{}</cellXfs></styleSheet>"#,
        r#"<xf numFmtId="200"/>"#.repeat(60_000)
    );
    let row = r#"<row><c s="59999"><v>42663</v></c></row>"#;
    let book = workbook(row, &[("xl/styles.xml", styles.as_bytes())]);
    assert_eq!(cells(&book, "a.xlsx"), [(1, vec!["42663".to_owned()])]);
}

#[test]
fn places_that_no_sheet_has_are_told_as_damage() {
    for place in [
        "A0",
        "A1048577",
        "XFE1",
        "AAAAAAAAAAAAAAAA1",
        "A99999999999999999999",
        "1",
        "A",
    ] {
        let row = format!(r#"<row><c r="{place}"><v>1</v></c></row>"#);
        check(&workbook(&row, &[]), "a.xlsx", &SheetProblem::Damaged);
    }
    for row in [
        "-1",
        "0",
        "1048577",
        "18446744073709551615",
        "99999999999999999999",
        "x",
    ] {
        let row = format!(r#"<row r="{row}"><c><v>1</v></c></row>"#);
        check(&workbook(&row, &[]), "a.xlsx", &SheetProblem::Damaged);
    }
}

#[test]
fn fields_of_text_are_bounded_and_lines_counted_as_they_stand() {
    let long = format!("a,b\n\n1,\"{}\"\n", "x".repeat(5 * CELL_LIMIT));
    check(
        long.as_bytes(),
        "a.csv",
        &SheetProblem::CellTooLong {
            limit: CELL_LIMIT,
            row: 3,
            column: 1,
        },
    );
    let open = format!("a,b\n1,\"{}", "x\n".repeat(5_000_000));
    assert!(matches!(
        read(open.as_bytes(), "a.csv"),
        Err(SheetProblem::OpenQuote { row: 2 })
    ));
    let odd = "a,b\r\n\r\n\r\n1,\"two\r\nlines\"\r\n\"x\ny\nz\",2\rlast,3";
    let rows = [
        (1, vec!["a", "b"]),
        (4, vec!["1", "two\nlines"]),
        (6, vec!["x\ny\nz", "2"]),
        (9, vec!["last", "3"]),
    ];
    let rows = rows.map(|(row, cells)| (row, cells.into_iter().map(str::to_owned).collect()));
    assert_eq!(cells(odd.as_bytes(), "a.csv"), rows);
}

/// Found by fuzzing: data that is binary in UTF-8 was accepted in UTF-16, and by an escape in a workbook.
#[test]
fn a_zero_is_no_text() {
    let wide: Vec<u8> = "\u{feff}a\tb\n1\t2\0\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(&wide, "a.csv", &SheetProblem::Damaged);
    let late = format!("{}\n2\0", "a\n".repeat(40_000));
    check(late.as_bytes(), "a.csv", &SheetProblem::Damaged);
    let row = r#"<row><c t="str"><v>a_x0000_b</v></c></row>"#;
    check(&workbook(row, &[]), "a.xlsx", &SheetProblem::Damaged);
}
