//! Tables as offices make them by hand: merged cells, formulas, hidden sheets and rows, texts with stray quotation marks.

use crate::sheet::{Fault, Mark, SheetProblem, bombs::workbook, read, read_all};

fn text(cell: &str, text: &str) -> String {
    format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn row(number: usize, cells: &[String]) -> String {
    format!(r#"<row r="{number}">{}</row>"#, cells.concat())
}

fn cells(bytes: &[u8], name: &str) -> Vec<(usize, Vec<String>)> {
    let rows = read(bytes, name).unwrap().rows;
    rows.into_iter()
        .map(|row| (row.number, row.cells))
        .collect()
}

fn merged(ranges: &[&str]) -> String {
    let ranges = ranges
        .iter()
        .map(|range| format!(r#"<mergeCell ref="{range}"/>"#));
    format!(
        "</sheetData><mergeCells>{}</mergeCells><sheetData>",
        ranges.collect::<String>()
    )
}

#[test]
fn a_merged_value_holds_for_all_rows_that_are_there() {
    let rows = [
        row(1, &[text("A1", "甲"), text("B1", "上级"), text("C1", "合")]),
        row(2, &[text("A2", "乙")]),
        row(4, &[text("A4", "丙"), text("B4", "自己的")]),
        row(9, &[text("A9", "丁")]),
    ];
    let sheet = rows.concat() + &merged(&["B1:B5", "C1:D2", "A9:C9", "Z1:Z9", "E1:E1048576"]);
    let expect = [
        (1, vec!["甲", "上级", "合"]),
        (2, vec!["乙", "上级", "合"]),
        // What the file still holds under a merged cell is not what anybody sees.
        (4, vec!["丙", "上级"]),
        (9, vec!["丁"]),
    ];
    let expect: Vec<(usize, Vec<String>)> = expect
        .into_iter()
        .map(|(number, cells)| (number, cells.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(cells(&workbook(&sheet, &[]), "a.xlsx"), expect);
    // No range goes outside a sheet.
    let odd = rows.concat() + &merged(&["B1:B1048577"]);
    assert_eq!(
        read(&workbook(&odd, &[]), "a.xlsx"),
        Err(SheetProblem::Damaged)
    );
}

#[test]
fn merged_ranges_count_against_the_budget() {
    let rows: String = (1..=4_000)
        .map(|number| row(number, &[text(&format!("A{number}"), "甲")]))
        .collect();
    let ranges = vec!["A1:A4000"; 4_000];
    let sheet = rows + &merged(&ranges);
    let refused = read(&workbook(&sheet, &[]), "a.xlsx").unwrap_err();
    assert!(
        matches!(refused, SheetProblem::TooManyCells { .. }),
        "{refused:?}"
    );
}

#[test]
fn cells_that_lost_their_value_are_marked_and_rows_of_formulas_are_told() {
    let sheet = [
        row(
            1,
            &[
                text("A1", "甲"),
                r#"<c r="B1"><f>1+1</f><v/></c>"#.to_owned(),
                r#"<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c>"#.to_owned(),
                r#"<c r="D1"><v>813204010000028000</v></c>"#.to_owned(),
                r#"<c r="E1"><v>320400123456789</v></c>"#.to_owned(),
                r#"<c r="F1" t="str"><f>""</f><v></v></c>"#.to_owned(),
                text("G1", "8.13204E+17"),
            ],
        ),
        row(2, &[r#"<c r="B2"><f>SUM(B1)</f><v>0</v></c>"#.to_owned()]),
    ];
    let read = read(&workbook(&sheet.concat(), &[]), "a.xlsx").unwrap();
    let mark = |column, fault| Mark { column, fault };
    assert_eq!(
        read.rows[0].marks,
        [
            mark(1, Fault::NoValue),
            mark(2, Fault::Error),
            mark(3, Fault::LostDigits),
            mark(6, Fault::LostDigits),
        ]
    );
    assert_eq!(read.rows[0].cells[4], "320400123456789");
    let typed: Vec<bool> = read.rows.iter().map(|row| row.is_typed).collect();
    assert_eq!(typed, [true, false]);
}

#[test]
fn hidden_sheets_are_named_and_hidden_rows_told() {
    let book = r#"<workbook><sheets><sheet name="底稿" sheetId="1" state="hidden" r:id="s1"/><sheet name="甲" sheetId="2" r:id="s2"/><sheet name="乙" sheetId="3" r:id="s3"/></sheets></workbook>"#;
    let rels: String = (1..=3)
        .map(|number| {
            format!(r#"<Relationship Id="s{number}" Type="http://x/worksheet" Target="worksheets/sheet{number}.xml"/>"#)
        })
        .collect();
    let rels = format!("<Relationships>{rels}</Relationships>");
    let sheet = |rows: &str| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let second = sheet(
        r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row><row r="3" ht="0"><c r="A3"><v>3</v></c></row><row r="4"><c r="A4"><v>4</v></c></row>"#,
    );
    let third = sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#);
    let bytes = workbook(
        "",
        &[
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
            ("xl/worksheets/sheet2.xml", second.as_bytes()),
            ("xl/worksheets/sheet3.xml", third.as_bytes()),
        ],
    );
    let sheets = read_all(&bytes, "a.xlsx").unwrap();
    assert_eq!(sheets.hidden, ["底稿"]);
    let names: Vec<&str> = sheets
        .visible
        .iter()
        .map(|sheet| sheet.name.as_str())
        .collect();
    assert_eq!(names, ["甲", "乙"]);
    let hidden: Vec<bool> = sheets.visible[0]
        .rows
        .iter()
        .map(|row| row.is_hidden)
        .collect();
    assert_eq!(hidden, [false, true, true, false]);
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_refused_with_its_line() {
    for (table, row) in [
        ("名称,类型\n\"甲厂工会,基层\n乙厂工会,基层\n", 2),
        ("名称,类型\n甲厂工会,\"基层\n\"乙厂工会\",基层\n", 2),
        ("名称,类型\n甲,乙\n\"丙\"丁,基层\n", 3),
    ] {
        assert_eq!(
            read(table.as_bytes(), "a.csv"),
            Err(SheetProblem::OpenQuote { row }),
            "{table}"
        );
    }
    for table in [
        "名称,类型\n\"甲\n厂\",\"基\"\"层\"\n",
        "名称,类型\n甲\"厂,基\"层\n",
        "名称,类型\n\"\",\"基层\"",
    ] {
        assert!(read(table.as_bytes(), "a.csv").is_ok(), "{table}");
    }
}

#[test]
fn the_separator_is_told_by_the_rows_and_not_by_a_title() {
    for (table, expect) in [
        (
            "常州市，各工会,2016,三月\n名称;类型\n甲;乙\n",
            ["名称", "类型"],
        ),
        (
            "填报：甲；日期;2016;3\n名称\t类型\n甲\t乙\n",
            ["名称", "类型"],
        ),
        ("名册\n名称,类型\n\"甲;乙;丙;丁\",基层\n", ["名称", "类型"]),
    ] {
        let rows = cells(table.as_bytes(), "a.csv");
        assert_eq!(rows[1].1, expect, "{table}");
    }
}

#[test]
fn cells_that_are_merged_with_those_beside_them_have_no_text_of_their_own() {
    let rows = [
        row(
            1,
            &[text("A1", "名称"), text("B1", "类型"), text("C1", "上级")],
        ),
        row(
            2,
            &[text("A2", "甲"), text("B2", "基层"), text("C2", "旧的")],
        ),
        row(3, &[text("A3", "乙"), text("B3", "旧的"), text("D3", "9")]),
        row(4, &[text("A4", "丙"), text("C4", "看不见")]),
    ];
    let sheet = rows.concat() + &merged(&["B2:C3", "B4:C4", "D1:E1"]);
    let found = read(&workbook(&sheet, &[]), "a.xlsx").unwrap().rows;
    assert_eq!(found[1].cells, ["甲", "基层"]);
    assert_eq!(found[2].cells, ["乙", "基层", "", "9"]);
    let spans: Vec<&[(usize, usize)]> = found.iter().map(|row| &*row.merged).collect();
    assert_eq!(spans, [&[][..], &[(1, 2)], &[(1, 2)], &[]]);
    let covered = Mark {
        column: 2,
        fault: Fault::Covered,
    };
    assert_eq!(found[3].marks, [covered]);
}

#[test]
fn hidden_columns_are_told_and_so_are_books_with_hidden_sheets_only() {
    let sheet = format!(
        r#"<worksheet><cols><col min="1" max="1" width="9"/><col min="2" max="3" hidden="1"/><col min="5" max="16384" width="0"/></cols><sheetData>{}</sheetData></worksheet>"#,
        row(1, &[text("A1", "甲")])
    );
    let part = [("xl/worksheets/sheet1.xml", sheet.as_bytes())];
    let found = read(&workbook("", &part), "a.xlsx").unwrap();
    assert_eq!(found.hidden_columns[..3], [1, 2, 4]);
    assert_eq!(found.hidden_columns.last(), Some(&199));
    let book = r#"<workbook><sheets><sheet name="底稿" sheetId="1" state="hidden" r:id="s1"/></sheets></workbook>"#;
    let rels = r#"<Relationships><Relationship Id="s1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let parts = [
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
    ];
    let hidden = vec!["底稿".to_owned()];
    assert_eq!(
        read(&workbook("", &parts), "a.xlsx"),
        Err(SheetProblem::NothingVisible { hidden })
    );
}

#[test]
fn a_text_keeps_what_a_formula_says_as_text_and_counts_the_cells_of_a_line() {
    let table = "名称,代码,人数\n=\"甲厂\",\"=\"\"9132\"\"\",=SUM(C3)\n'=乙,1,2,000,\n";
    let rows = read(table.as_bytes(), "a.csv").unwrap().rows;
    assert_eq!(rows[1].cells, ["甲厂", "9132", "=SUM(C3)"]);
    let mark = Mark {
        column: 2,
        fault: Fault::NoValue,
    };
    assert_eq!(rows[1].marks, [mark]);
    assert_eq!(rows[2].cells, ["=乙", "1", "2", "000"]);
    assert!(rows[2].marks.is_empty());
    let widths: Vec<usize> = rows.iter().map(|row| row.width).collect();
    assert_eq!(widths, [3, 3, 5]);
}
