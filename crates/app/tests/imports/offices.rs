//! Tables as offices send them, file by file: what is plainly meant is read, what is left aside is told, and what is doubtful is refused by its cell.

use std::time::{Duration, Instant};

use bytes::Bytes;
use jianjia_app::{
    core::error::Error,
    exchange::import::{
        self as imports, Wanted,
        machine::{self, AtTheMachine},
        returned,
    },
};
use jianjia_demo::testing::{TestCity, both};
use jianjia_documents::sheet;
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    exchange::import::{
        ImportKind,
        fate::{ImportReport, Outcome},
        table::HiddenRows,
    },
};

use jianjia_standard::Lang;

use super::{TODAY, key, told};

struct Office {
    city: TestCity,
    root: UnitPlace,
    clerk: Actor,
}

async fn offices() -> Vec<Office> {
    let mut offices = Vec::new();
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&root), UnitKind::District, "天宁区总工会")
            .await;
        city.unit(Some(&root), UnitKind::District, "钟楼区总工会")
            .await;
        city.unit(Some(&district), UnitKind::Township, "天宁街道总工会")
            .await;
        let clerk = city.actor("审核", &[(Role::Reviewer, &root)]).await;
        offices.push(Office { city, root, clerk });
    }
    offices
}

fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/imports/offices");
    std::fs::read(format!("{folder}/{name}")).expect("a table of the tests")
}

impl Office {
    async fn try_bring(&self, name: &str, bytes: &[u8]) -> Result<ImportReport, Error> {
        machine::at_the_machine(&self.city.app, ImportKind::Unions, name, bytes, true).await
    }

    async fn bring(&self, name: &str) -> ImportReport {
        self.try_bring(name, &file(name)).await.unwrap()
    }

    /// Row and fate of every row, and what was left aside.
    async fn check(&self, name: &str, fates: &[(usize, &str)], aside: &[&str]) -> ImportReport {
        let report = self.bring(name).await;
        let found: Vec<(usize, String)> = report
            .rows
            .iter()
            .map(|fate| (fate.place.row, told(&fate.outcome)))
            .collect();
        let found: Vec<(usize, &str)> = found
            .iter()
            .map(|(row, fate)| (*row, fate.as_str()))
            .collect();
        assert_eq!(found, fates, "{name}");
        assert_eq!(told_aside(&report), aside, "{name}");
        report
    }
}

fn told_aside(report: &ImportReport) -> Vec<String> {
    let sentences = report.aside.sentences();
    sentences.into_iter().map(|sentence| sentence.zh).collect()
}

/// What a column says of every row.
fn said(report: &ImportReport, column: &str) -> Vec<String> {
    let place = report
        .columns
        .iter()
        .position(|known| known.zh == column)
        .expect("a column of the table");
    let rows = report.rows.iter();
    rows.map(|fate| fate.says[place].get(Lang::Zh).to_owned())
        .collect()
}

#[tokio::test]
async fn a_merged_upper_union_holds_for_all_its_rows_and_is_shown() {
    for office in offices().await {
        let new: Vec<(usize, &str)> = (2..=6).map(|row| (row, "新")).collect();
        let report = office.check("a-merged-upper.xlsx", &new, &[]).await;
        let (street, district) = ("天宁街道总工会", "钟楼区总工会");
        assert_eq!(
            said(&report, "上级工会"),
            [street, street, street, district, district]
        );
        assert_eq!(said(&report, "会员人数"), ["90"; 5]);
    }
}

#[tokio::test]
async fn sums_footers_and_office_columns_are_left_aside_aloud() {
    for office in offices().await {
        let new = [(2, "新"), (3, "新")];
        let total = "合计、小计，共 1 行，没有导入：第 4 行。";
        office
            .check(
                "b2-serial-note-total.xlsx",
                &new,
                &[total, "没有读的列：“序号”（A 列）、“备注”（G 列）。"],
            )
            .await;
        office
            .check(
                "b3-total-and-footer.xlsx",
                &new,
                &[total, "表下的说明、签名，共 1 行，没有导入：第 5 行。"],
            )
            .await;
        let report = office
            .check(
                "b-two-level-headings.xlsx",
                &[(5, "新"), (6, "新")],
                &[
                    "合计、小计，共 1 行，没有导入：第 7 行。",
                    "表下的说明、签名，共 1 行，没有导入：第 8 行。",
                    "没有读的列：“序号”（A 列）。",
                ],
            )
            .await;
        assert_eq!(
            said(&report, "单位名称"),
            ["常州表头1号厂", "常州表头2号厂"]
        );
        assert_eq!(said(&report, "职工人数"), ["100", "100"]);
    }
}

#[tokio::test]
async fn lost_values_are_refused_where_they_stand() {
    const NO_VALUE: &str = "这一格是公式，文件里没有它的";
    for office in offices().await {
        let report = office.bring("d-formula-without-value.xlsx").await;
        check_reasons(
            &report,
            &[&[("职工人数", NO_VALUE), ("会员人数", NO_VALUE)]],
        );
        let failed = |error: &str| format!("这一格的公式出错了（{error}）。");
        let (missing, divided) = (failed("#N/A"), failed("#DIV/0!"));
        let report = office.bring("d2-formula-cached-error.xlsx").await;
        let columns: Vec<String> = report.columns.iter().map(|one| one.zh.clone()).collect();
        check_reasons(
            &report,
            &[
                &[
                    (&columns[2], &missing),
                    (&columns[3], &missing),
                    (&columns[4], &divided),
                ],
                &[(&columns[3], &missing)],
            ],
        );
        let code = "工会统一社会信用代码";
        let lost = |typed: &str| format!("这一格是数字（{typed}），表格软件只保留前 15 位");
        let report = office.bring("g-code-as-number.xlsx").await;
        check_reasons(
            &report,
            &[
                &[(code, &lost("813204021000000000"))],
                &[(code, &lost("813204021000049000"))],
                &[(code, &lost("8.13204E+17"))],
            ],
        );
        // The check digit of this one happens to fit.
        let report = office.bring("g-code-as-number-passes.xlsx").await;
        check_reasons(&report, &[&[(code, &lost("813204010000028000"))]]);
    }
}

/// The columns of every row's reasons, and how their sentences begin.
fn check_reasons(report: &ImportReport, expect: &[&[(&str, &str)]]) {
    assert_eq!(report.rows.len(), expect.len());
    for (fate, expect) in report.rows.iter().zip(expect) {
        let Outcome::Refused { reasons } = &fate.outcome else {
            panic!("row {} is not refused: {:?}", fate.place.row, fate.outcome);
        };
        let columns: Vec<&str> = reasons.iter().map(|one| one.column.zh.as_str()).collect();
        let wanted: Vec<&str> = expect.iter().map(|(column, _)| *column).collect();
        assert_eq!(columns, wanted);
        for (reason, (_, beginning)) in reasons.iter().zip(*expect) {
            let sentence = &reason.sentence.zh;
            assert!(sentence.starts_with(beginning), "{sentence}");
        }
    }
}

#[tokio::test]
async fn days_are_read_in_every_way_that_is_plain_and_the_others_named() {
    for office in offices().await {
        for name in ["e1-1904.xlsx", "e2-chinese-formats.xlsx"] {
            let report = office.bring(name).await;
            let refused: Vec<usize> = refused(&report);
            let expect: &[usize] = if name.starts_with("e2") {
                &[13, 14]
            } else {
                &[]
            };
            assert_eq!(refused, expect, "{name}");
        }
        let report = office.bring("e3-text-dates.xlsx").await;
        let days = said(&report, "建会日期");
        let refused_days: Vec<&str> = refused(&report)
            .into_iter()
            .map(|row| days[row - 2].as_str())
            .collect();
        assert_eq!(
            refused_days,
            [
                "2009年6月",
                "2009-06",
                "2009.6",
                "09.6.1",
                "二〇〇九年六月一日",
                "1.6.2009",
                "2009-6-1（成立）",
                "６／１／２００９",
                "2009年6月份",
                "2009.6.31",
                "1899-12-31",
                "不详",
            ]
        );
        let report = office.bring("e4-number-dates.xlsx").await;
        assert_eq!(refused(&report), [3, 4, 5, 6, 8, 11, 12]);
        let Outcome::Refused { reasons } = &report.rows[4].outcome else {
            panic!("a bare number is no day");
        };
        assert_eq!(
            reasons[0].sentence.zh,
            "“39965”不是日期（像是表格软件里 2009-06-01 的序号：这一格没有设成日期格式）。请按年-月-日填写，例如 2016-03-29；还不清楚的，这一栏空着。"
        );
    }
}

fn refused(report: &ImportReport) -> Vec<usize> {
    let rows = report.rows.iter();
    rows.filter(|fate| matches!(fate.outcome, Outcome::Refused { .. }))
        .map(|fate| fate.place.row)
        .collect()
}

#[tokio::test]
async fn odd_packages_are_read() {
    for office in offices().await {
        for name in [
            "k1-backslash-names.xlsx",
            "k2-prefixed-elements.xlsx",
            "k4-strict.xlsx",
            "k6-prefixed-rels.xlsx",
            "k7-no-cell-references.xlsx",
            "k8-huge-dimension.xlsx",
            "k10-blank-formatted.xlsx",
        ] {
            let report = office.bring(name).await;
            let counts = report.counts();
            assert!(counts[0] > 0 && counts[4] == 0, "{name}: {counts:?}");
        }
        let report = office.bring("k10-blank-formatted.xlsx").await;
        let aside = told_aside(&report);
        assert!(aside[0].starts_with("没有填写内容的空行，共 "), "{aside:?}");
    }
}

#[tokio::test]
async fn a_long_text_that_many_cells_share_is_refused_at_once() {
    for office in offices().await {
        let name = "l-one-long-shared-string.xlsx";
        let began = Instant::now();
        let refused = office.try_bring(name, &file(name)).await;
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(key(refused), "import/cell-too-long");
    }
}

#[tokio::test]
async fn words_for_nothing_are_empty_where_a_cell_may_be() {
    for office in offices().await {
        let table = "工会名称,上级工会,联系电话,工会主席,建会日期,会员情况\n\
             甲厂工会,天宁街道总工会,无,/,—,9\n\
             乙厂工会,天宁街道总工会,暂无,-,无,9\n\
             无,天宁街道总工会,,,,\n";
        let report = office.try_bring("表.csv", table.as_bytes()).await.unwrap();
        let fates: Vec<String> = report.rows.iter().map(|fate| told(&fate.outcome)).collect();
        assert_eq!(fates, ["新", "新", "拒工会名称:请填写工会名称，与批准建"]);
        assert_eq!(
            told_aside(&report),
            [
                "看不懂表头、没有读的列：“会员情况”（F 列）。要导入的，请改成模板里的表头再上传；用不到的不用管。"
            ]
        );
    }
}

#[tokio::test]
async fn good_rows_are_taken_and_the_others_given_back_with_their_reasons() {
    for office in offices().await {
        let app = &office.city.app;
        let table = "工会名称,上级工会,职工人数\n\
             甲厂工会,天宁街道总工会,100\n\
             乙厂工会,天宁街道总工会,很多\n\
             丙厂工会,没有的街道总工会,5\n";
        let (kind, under) = (ImportKind::Unions, office.root.id);
        let bytes = Bytes::from(table);
        let id = imports::check(app, &office.clerk, kind, &under, "表.csv", bytes)
            .await
            .unwrap();
        let all = imports::confirm(app, &office.clerk, &id).await;
        assert_eq!(key(all), "import/rows-refused");
        let back = returned::returned(app, &office.clerk, &id, Lang::Zh)
            .await
            .unwrap();
        let back = sheet::read(&back.bytes, "a.xlsx").unwrap();
        let rows: Vec<Vec<&str>> = back
            .rows
            .iter()
            .map(|row| {
                let cells = row.cells.iter();
                cells.map(|cell| cell.split('。').next().unwrap()).collect()
            })
            .collect();
        assert_eq!(
            rows[0],
            [
                "原表行号",
                "工会名称",
                "上级工会",
                "上级工会：问题",
                "职工人数",
                "职工人数：问题",
                "这一行的问题"
            ]
        );
        assert_eq!(
            rows[1],
            [
                "第 3 行",
                "乙厂工会",
                "天宁街道总工会",
                "",
                "很多",
                "“很多”不是人数"
            ]
        );
        assert_eq!(rows[2][..3], ["第 4 行", "丙厂工会", "没有的街道总工会"]);
        imports::confirm_good(app, &office.clerk, &id)
            .await
            .unwrap();
        let (import, _) = imports::find(app, &office.clerk, &id).await.unwrap();
        assert!(import.report.only_good && import.done_at.is_some());
        let again = office.try_bring("表.csv", table.as_bytes()).await.unwrap();
        assert_eq!(again.counts(), [0, 0, 1, 0, 2]);
        // What nobody corrected is given back and changes nothing.
        let asked = AtTheMachine {
            only_look: false,
            wanted: Wanted::Good,
            hidden_rows: HiddenRows::Take,
        };
        let taken =
            machine::read_for_the_machine(app, kind, "表.csv", table.as_bytes(), &asked).unwrap();
        let report = machine::write_at_the_machine(app, kind, &taken, &asked)
            .await
            .unwrap();
        assert!(!report.only_good);
    }
}
