use jianjia_standard::programme::TableWords;

use super::*;
use crate::exchange::import::unions;

fn sheet(name: &str, rows: &[&[&str]]) -> TableSheet {
    let rows = (1..).zip(rows).map(|(number, cells)| TableRow {
        number,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        is_typed: true,
        ..TableRow::default()
    });
    TableSheet {
        name: name.to_owned(),
        rows: rows.collect(),
    }
}

fn words() -> TableWords {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    TableWords {
        totals: words(&["合计", "小计"]),
        footers: words(&["填表人", "注", "单位盖章", "联系电话"]),
        office_columns: words(&["序号"]),
        nothing: words(&["无", "/", "—"]),
        headings: Vec::new(),
    }
}

fn read(sheets: Vec<TableSheet>, hidden_rows: HiddenRows) -> Result<Taken, ImportRefusal> {
    let table = Table {
        sheets,
        hidden: vec!["底稿".to_owned()],
        hidden_rows,
    };
    rows_of(&unions::columns(), &words(), &table)
}

fn names(taken: &Taken) -> Vec<String> {
    let rows = taken.rows.iter();
    rows.map(|row| format!("{} {}", row.place().zh(), row.get("name")))
        .collect()
}

fn aside(taken: &Taken) -> Vec<String> {
    let sentences = taken.aside.sentences();
    sentences.into_iter().map(|sentence| sentence.zh).collect()
}

#[test]
fn every_sheet_with_the_headings_is_read_and_the_others_are_named() {
    let sheets = vec![
        sheet("说明", &[&["怎样填"]]),
        sheet("天宁", &[&["工会名称", "职工人数"], &["甲厂工会", "3"]]),
        sheet(
            "钟楼",
            &[&["名册"], &["工会名称", "职工人数"], &["乙厂工会", "4"]],
        ),
    ];
    let taken = read(sheets, HiddenRows::Take).unwrap();
    assert_eq!(
        names(&taken),
        ["“天宁”第 2 行 甲厂工会", "“钟楼”第 3 行 乙厂工会"]
    );
    assert_eq!(
        aside(&taken),
        [
            "隐藏的工作表没有读：“底稿”。",
            "没有这种表的表头、没有读的工作表：“说明”。"
        ]
    );
    let none = read(vec![sheet("说明", &[&["怎样填"]])], HiddenRows::Take).unwrap_err();
    let ImportRefusal::NoHeadings { sheets, .. } = none else {
        panic!("{none:?}");
    };
    assert_eq!(sheets, ["说明"]);
}

#[test]
fn hidden_rows_are_counted_and_taken_or_left() {
    let mut hidden = sheet(
        "",
        &[&["工会名称"], &["甲厂工会"], &["乙厂工会"], &["合计"]],
    );
    hidden.rows[2].is_hidden = true;
    hidden.rows[3].is_hidden = true;
    for (choice, expect, told) in [
        (
            HiddenRows::Take,
            &["第 2 行 甲厂工会", "第 3 行 乙厂工会"][..],
            "表里有 1 行是隐藏的（手工隐藏或被筛选掉），也在要导入的里面：第 3 行。",
        ),
        (
            HiddenRows::Leave,
            &["第 2 行 甲厂工会"][..],
            "表里有 1 行是隐藏的（手工隐藏或被筛选掉），按您的选择没有导入：第 3 行。",
        ),
    ] {
        let taken = read(vec![hidden.clone()], choice).unwrap();
        assert_eq!(names(&taken), expect);
        assert_eq!(aside(&taken)[1], told);
    }
}

#[test]
fn headings_of_two_rows_are_read_without_merged_cells_too() {
    let two = sheet(
        "",
        &[
            &["序号", "工会", "", "人数", ""],
            &["", "名称", "类型", "职工人数", "会员人数"],
            &["1", "甲厂工会", "基层工会", "5", "4"],
        ],
    );
    let taken = read(vec![two], HiddenRows::Take).unwrap();
    let row = &taken.rows[0];
    let said = ["name", "kind", "workers", "members"].map(|key| row.get(key));
    assert_eq!(said, ["甲厂工会", "基层工会", "5", "4"]);
}

#[test]
fn lines_that_are_no_rows_are_told_apart_from_rows_that_look_alike() {
    let lines = sheet(
        "",
        &[
            &["工会名称", "联系电话", "职工人数"],
            &["注塑机厂工会", "无", "3"],
            &["合计会计师事务所工会", "/", "3"],
            &["填表人：张某  联系电话：1"],
            &["注1：以上为年末数"],
            &["（单位盖章）"],
            &["合 计：", "", "6"],
            &["天宁区小计", "", "6"],
            &["合计（2家）", "", "6"],
            &["工会名称", "联系电话", "职工人数"],
            &["/", "—", ""],
            &["甲厂工会", "", "3", "无主的话"],
        ],
    );
    let taken = read(vec![lines], HiddenRows::Take).unwrap();
    assert_eq!(
        names(&taken),
        [
            "第 2 行 注塑机厂工会",
            "第 3 行 合计会计师事务所工会",
            "第 12 行 甲厂工会"
        ]
    );
    assert_eq!(taken.rows[0].get("phone"), "");
    assert_eq!(
        aside(&taken)[..5],
        [
            "表下的说明、签名，共 3 行，没有导入：第 4 行、第 5 行、第 6 行。",
            "合计、小计，共 3 行，没有导入：第 7 行、第 8 行、第 9 行。",
            "重复的表头，共 1 行，没有导入：第 10 行。",
            "没有填写内容的空行，共 1 行，没有导入：第 11 行。",
            "看不懂表头、没有读的列：没有表头（D 列）。要导入的，请改成模板里的表头再上传；用不到的不用管。",
        ]
    );
}

#[test]
fn a_no_stays_an_answer_to_a_question_of_yes_or_no() {
    let mut columns = unions::columns();
    columns[1].is_truth = true;
    let table = Table {
        sheets: vec![sheet("", &[&["工会名称", "工会类型"], &["甲", "无"]])],
        ..Table::default()
    };
    let taken = rows_of(&columns, &words(), &table).unwrap();
    assert_eq!(taken.rows[0].get("kind"), "无");
}
