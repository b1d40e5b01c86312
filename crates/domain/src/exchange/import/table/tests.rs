use jianjia_standard::programme::TableWords;

use super::*;
use crate::exchange::import::unions;

pub(super) fn sheet(name: &str, rows: &[&[&str]]) -> TableSheet {
    let rows = (1..).zip(rows).map(|(number, cells)| TableRow {
        number,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        is_typed: true,
        ..TableRow::default()
    });
    TableSheet {
        name: name.to_owned(),
        rows: rows.collect(),
        ..TableSheet::default()
    }
}

pub(super) fn words() -> TableWords {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    TableWords {
        totals: words(&["合计", "小计", "共"]),
        footers: words(&["填表人", "注", "单位盖章", "联系电话"]),
        office_columns: words(&["序号"]),
        nothing: words(&["无", "/", "—"]),
        same_above: words(&["同上", "〃"]),
        notes: words(&["此表"]),
        titles: words(&["表"]),
        sums: words(&["总数"]),
        remarks: words(&["人", "全称"]),
        headings: Vec::new(),
    }
}

pub(super) fn read(
    sheets: Vec<TableSheet>,
    hidden_rows: HiddenRows,
) -> Result<Taken, ImportRefusal> {
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

pub(super) fn aside(taken: &Taken) -> Vec<String> {
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
            "表下的说明、签名，共 3 行，没有导入：第 4—6 行。",
            "合计、小计，共 3 行，没有导入：第 7—9 行。",
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

/// Merges cells of a row of a sheet.
fn merge(sheet: &mut TableSheet, row: usize, first: usize, last: usize) {
    sheet.rows[row].merged.push((first, last));
}

fn refused(sheets: Vec<TableSheet>) -> ImportRefusal {
    read(sheets, HiddenRows::Take).unwrap_err()
}

#[test]
fn notes_days_pages_titles_and_numbers_of_columns_are_no_rows() {
    let lines = sheet(
        "",
        &[
            &["工会名称", "上级工会", "职工人数"],
            &["栏次", "1", "2"],
            &["甲", "1", "2"],
            &["一、天宁街道"],
            &["甲厂工会", "天宁街道总工会", "3"],
            &["表二"],
            &["共2家"],
            &["主要领导：", "", "电话：1"],
            &["分管领导："],
            &["（一式三份）"],
            &["此表存档"],
            &["2016年10月20日", "", "第 1 页"],
            &["第 1 页 共 2 页"],
            &["天宁街道"],
            &["乙厂工会", "", ""],
        ],
    );
    let taken = read(vec![lines], HiddenRows::Take).unwrap();
    assert_eq!(
        aside(&taken)[..4],
        [
            "各列的编号（栏次），共 2 行，没有导入：第 2—3 行。",
            "分段的标题，共 2 行，没有导入：第 4 行、第 6 行。",
            "合计、小计，共 1 行，没有导入：第 7 行。",
            "表下的说明、签名，共 6 行，没有导入：第 8—13 行。",
        ]
    );
    let faults: Vec<(usize, Option<Fault>)> = taken
        .rows
        .iter()
        .map(|row| (row.number, row.faults.first().map(|(_, fault, _)| *fault)))
        .collect();
    let alone = Some(Fault::Alone);
    assert_eq!(faults, [(5, None), (14, alone), (15, alone)]);
    // Where a name is all that is asked, a name is a row.
    let only = sheet("", &[&["工会名称"], &["甲厂工会"], &["二、红梅街道"]]);
    let taken = read(vec![only], HiddenRows::Take).unwrap();
    assert!(taken.rows.len() == 1 && taken.rows[0].faults.is_empty());
}

#[test]
fn a_text_merged_over_the_whole_row_is_alone_and_one_over_two_columns_hides_the_second() {
    let mut lines = sheet(
        "",
        &[
            &["工会名称", "上级工会", "职工人数"],
            &["天宁街道"],
            &["甲厂工会", "天宁街道总工会", "", "5"],
        ],
    );
    merge(&mut lines, 1, 0, 2);
    merge(&mut lines, 2, 1, 2);
    let taken = read(vec![lines], HiddenRows::Take).unwrap();
    let first = &taken.rows[0].faults[0];
    assert_eq!((&*first.0, first.1), ("", Fault::Alone));
    let [(column, fault, _)] = taken.rows[1].faults.as_slice() else {
        panic!("{:?}", taken.rows[1]);
    };
    assert_eq!((&**column, *fault), ("workers", Fault::Merged));
    assert_eq!(taken.rows[1].get("upper"), "天宁街道总工会");
}

#[test]
fn a_heading_over_several_columns_means_their_sum_or_is_refused() {
    let rows: &[&[&str]] = &[
        &["工会名称", "职工人数", "", "", "会员人数"],
        &["工会名称", "合计", "男", "女", "会员人数"],
        &["甲厂工会", "9", "5", "4", "8"],
    ];
    for is_merged in [true, false] {
        let mut sum = sheet("", rows);
        if is_merged {
            merge(&mut sum, 0, 1, 3);
        }
        let taken = read(vec![sum], HiddenRows::Take).unwrap();
        assert_eq!(taken.rows.len(), 1);
        assert_eq!(
            (taken.rows[0].get("workers"), taken.rows[0].get("members")),
            ("9", "8")
        );
        let aside = aside(&taken);
        assert!(
            aside[0].contains("“职工人数（男）”（C 列）、“职工人数（女）”（D 列）"),
            "{aside:?}"
        );
    }
    let split = |upper: &'static [&'static str], lower: &'static [&'static str]| {
        refused(vec![sheet("", &[upper, lower, &["甲厂工会", "5", "4"]])])
    };
    let ImportRefusal::HeadingSplit { heading, below } =
        split(&["工会名称", "职工人数", ""], &["", "男", "女"])
    else {
        panic!("two columns and no sum");
    };
    assert_eq!((heading.as_str(), below.len()), ("职工人数", 2));
    // A row with something of its own in the first column is a row.
    let row = sheet(
        "",
        &[
            &["工会名称", "工会类型", "上级工会"],
            &["甲厂工会", "基层工会", "天宁"],
            &["", "基层工会", "天宁"],
        ],
    );
    assert_eq!(read(vec![row], HiddenRows::Take).unwrap().rows.len(), 2);
}

#[test]
fn headings_that_do_not_say_which_column_is_meant_are_refused() {
    let mut spread = sheet(
        "",
        &[
            &["工会名称", "上级工会", "", "职工人数"],
            &["甲厂工会", "天宁区总工会", "天宁街道总工会", "3"],
        ],
    );
    merge(&mut spread, 0, 1, 2);
    let refusal = refused(vec![spread.clone()]);
    assert_eq!(
        refusal,
        ImportRefusal::HeadingSpread {
            heading: "上级工会".to_owned(),
            columns: ("B".to_owned(), "C".to_owned()),
        }
    );
    spread.rows[1].cells[2].clear();
    assert!(read(vec![spread], HiddenRows::Take).is_ok());
    let other = sheet(
        "",
        &[
            &["工会名称", "职工人数", "会员人数"],
            &["甲厂工会", "9", "8"],
            &["工会名称", "会员人数", "职工人数"],
            &["乙厂工会", "8", "9"],
        ],
    );
    let ImportRefusal::HeadingsAgain { row } = refused(vec![other]) else {
        panic!("the columns are others");
    };
    assert_eq!(row.row, 3);
    let hidden = refused(vec![sheet("说明", &[&["怎样填"]])]);
    let sentence = crate::core::refusal::Refuse::sentence(&hidden, jianjia_standard::Lang::Zh);
    assert!(sentence.contains("隐藏的工作表“底稿”没有读"), "{sentence}");
}

#[test]
fn remarks_behind_headings_second_columns_and_hidden_ones_are_told() {
    let mut columns = unions::columns();
    columns[2].also = vec!["上级工会名称".to_owned()];
    let mut found = sheet(
        "",
        &[
            &[
                "工会名称（全称）",
                "上级工会",
                "上级工会名称",
                "职工人数（人）",
                "会员人数（女）",
            ],
            &["甲厂工会", "天宁街道总工会", "天宁街道总工会", "9", "4"],
        ],
    );
    found.hidden_columns = vec![3, 4];
    let table = Table {
        sheets: vec![found],
        ..Table::default()
    };
    let taken = rows_of(&columns, &words(), &table).unwrap();
    let row = &taken.rows[0];
    let said = ["name", "upper", "workers", "members"].map(|key| row.get(key));
    assert_eq!(said, ["甲厂工会", "天宁街道总工会", "9", ""]);
    assert_eq!(
        aside(&taken),
        [
            "看不懂表头、没有读的列：“会员人数（女）”（E 列）。要导入的，请改成模板里的表头再上传；用不到的不用管。",
            "“上级工会名称”（C 列）和 B 列是同一栏，出现了两次：只读了 B 列。要读的是另一列的，请删掉多余的一列再上传。",
            "隐藏的列也读了：“职工人数”（D 列）。不要导入的，请删掉这几列再上传。",
        ]
    );
}

#[test]
fn lines_of_a_text_with_more_cells_than_headings_are_refused() {
    let mut lines = sheet(
        "",
        &[
            &["工会名称", "职工人数", "会员人数"],
            &["甲厂工会", "1", "000", "900"],
            &["乙厂工会", "1", "234"],
            &["丙厂工会", "1", "234"],
            &["丁厂工会", "2", "001"],
        ],
    );
    for (row, width) in [(0, 3), (1, 4), (2, 4), (3, 3), (4, 3)] {
        lines.rows[row].width = width;
    }
    let taken = read(vec![lines], HiddenRows::Take).unwrap();
    let faults = taken.rows.iter().map(|row| row.faults.first());
    let told: Vec<&str> = faults
        .map(|fault| fault.map_or("", |(_, _, typed)| typed.as_str()))
        .collect();
    assert_eq!(told, ["900", "1,234", "", "2,001"]);
}

#[test]
fn what_a_table_of_refused_rows_adds_is_no_column_and_stays_refused() {
    for (place, check) in [
        ("原表行号", "核对后删去这一格"),
        ("Row in the table", "Delete once checked"),
    ] {
        let returned = sheet(
            "",
            &[
                &[
                    place,
                    "工会名称",
                    "职工人数",
                    "职工人数：问题",
                    "这一行的问题",
                    check,
                ],
                &["第 2 行", "甲厂工会", "（公式没有结果）", "公式", "", ""],
                &["第 3 行", "（身份证号码，没有保存）", "", "", "", ""],
                &["第 4 行", "天宁街道", "", "", "像标题", "只有一格有内容"],
                &["第 5 行", "乙厂工会", "1", "", "多", "多出来的格：900"],
                &[
                    "第 6 行",
                    "丙厂工会",
                    "(merged with the cell beside it)",
                    "",
                    "",
                    "",
                ],
                &["第 7 行", "丁厂工会", "", "", "改好了", ""],
            ],
        );
        let taken = read(vec![returned], HiddenRows::Take).unwrap();
        assert!(taken.aside.columns.is_empty(), "{:?}", taken.aside);
        let faults: Vec<Option<Fault>> = taken
            .rows
            .iter()
            .map(|row| row.faults.first().map(|(_, fault, _)| *fault))
            .collect();
        assert_eq!(
            faults,
            [
                Some(Fault::NoValue),
                Some(Fault::IdentityNumber),
                Some(Fault::Alone),
                Some(Fault::MoreCells),
                Some(Fault::Merged),
                None
            ]
        );
    }
}
