//! What is told instead of kept or guessed: identity numbers, numbers of other kinds, divisions of the past, names that are nearly a union's.

use std::collections::HashMap;

use bytes::Bytes;
use jianjia_app::{
    core::app::App,
    exchange::import::{self as imports, again, machine},
    register::unit as units,
};
use jianjia_demo::testing::{TestCity, both};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    exchange::import::{
        ImportKind,
        fate::{ImportReport, Outcome},
        pair::Choice,
    },
    register::unit::list::UnitFilter,
};
use jianjia_standard::Lang;
use jianjia_store::core::file::content_hash;

use super::{TODAY, key};

pub(super) struct Office {
    pub(super) city: TestCity,
    pub(super) root: UnitPlace,
    pub(super) clerk: Actor,
}

pub(super) async fn offices() -> Vec<Office> {
    let mut offices = Vec::new();
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Township, "天宁街道总工会")
            .await;
        let roles = [(Role::Reviewer, &root), (Role::Approver, &root)];
        let clerk = city.actor("审核", &roles).await;
        let divisions = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../demo/changzhou-divisions.csv"
        );
        let divisions = std::fs::read_to_string(divisions).unwrap();
        let large = divisions.lines().filter(|line| !line.contains("village"));
        let table = large.collect::<Vec<_>>().join("\n");
        let report = bring(
            &city.app,
            ImportKind::Divisions,
            "区划.csv",
            table.as_bytes(),
        )
        .await;
        assert!(report.is_clean());
        offices.push(Office { city, root, clerk });
    }
    offices
}

pub(super) async fn bring(app: &App, kind: ImportKind, name: &str, bytes: &[u8]) -> ImportReport {
    machine::at_the_machine(app, kind, name, bytes, false)
        .await
        .unwrap()
}

pub(super) fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/imports/offices");
    std::fs::read(format!("{folder}/{name}")).expect("a table of the tests")
}

impl Office {
    pub(super) async fn look(&self, kind: ImportKind, name: &str) -> ImportReport {
        machine::at_the_machine(&self.city.app, kind, name, &file(name), true)
            .await
            .unwrap()
    }

    pub(super) async fn check(
        &self,
        kind: ImportKind,
        table: &str,
    ) -> Result<jianjia_domain::core::ids::ImportId, jianjia_app::core::error::Error> {
        let bytes = Bytes::from(table.to_owned());
        let (app, under) = (&self.city.app, &self.root.id);
        imports::check(app, &self.clerk, kind, under, "名单.csv", bytes).await
    }
}

/// Row, and why it is refused or that it is not.
pub(super) fn told(report: &ImportReport) -> Vec<(usize, String)> {
    let short = |outcome: &Outcome| match outcome {
        Outcome::Refused { reasons } => {
            let sentences = reasons.iter().map(|reason| reason.sentence.zh.clone());
            sentences.collect::<Vec<_>>().join(" ")
        }
        Outcome::Duplicate { of_row, .. } => format!("同{of_row}"),
        Outcome::New => "新".to_owned(),
        Outcome::Changed { .. } => "改".to_owned(),
        Outcome::Unchanged => "不变".to_owned(),
    };
    let rows = report.rows.iter();
    rows.map(|fate| (fate.place.row, short(&fate.outcome)))
        .collect()
}

fn check_rows(report: &ImportReport, expect: &[(usize, &str)]) {
    let told = told(report);
    assert_eq!(told.len(), expect.len(), "{told:#?}");
    for ((row, fate), (expected_row, part)) in told.iter().zip(expect) {
        assert_eq!(row, expected_row);
        let fits = if *part == "新" {
            fate == part
        } else {
            fate.contains(part)
        };
        assert!(fits, "row {row}: {fate}, not {part}");
    }
}

#[tokio::test]
async fn divisions_of_the_past_are_told_and_the_rest_read_on_both_engines() {
    const WUJIN: &str = "戚墅堰区 2015 年撤销，并入武进区";
    const JINTAN: &str = "金坛市 2015 年撤市设区，现在是金坛区";
    for office in offices().await {
        let report = office
            .look(ImportKind::Unions, "o-old-divisions.xlsx")
            .await;
        check_rows(
            &report,
            &[
                (2, WUJIN),
                (3, WUJIN),
                (4, WUJIN),
                (5, JINTAN),
                (6, JINTAN),
                (7, "武进市 2002 年撤市设区"),
                (8, "武进市 2002 年撤市设区"),
                (9, "新"),
                (10, "新"),
                (11, "新"),
                (12, "新"),
                (13, "新"),
                (14, "是不是武进区（320412）"),
                (15, "新"),
                (16, "新"),
                (17, "常州经济开发区不是行政区划"),
                (18, "新"),
                (19, "新"),
                (20, "新"),
                (21, "武进市 2002 年撤市设区"),
                (22, "新"),
                (23, "新"),
                (24, "新"),
                (25, "新"),
                (26, "新"),
                (27, "新"),
            ],
        );
        let report = office
            .look(ImportKind::Unions, "o2-division-numbers.xlsx")
            .await;
        assert_eq!(report.counts(), [3, 0, 0, 0, 0], "{:?}", told(&report));
    }
}

#[tokio::test]
async fn a_file_with_an_identity_number_is_not_kept_and_never_repeated_on_both_engines() {
    for office in offices().await {
        let report = office
            .look(ImportKind::Unions, "h-id-card-as-code.xlsx")
            .await;
        check_rows(
            &report,
            &[
                (2, "这一格里有个人的身份证号码"),
                (3, "在“代码核对说明”一栏写明"),
                (4, "15 位的旧营业执照注册号"),
                (5, "9 位的组织机构代码"),
            ],
        );
        let whole = serde_json::to_string(&report).unwrap();
        assert!(!whole.contains("329999198105178009"));
        // In a column that is read, in one that is not, among words, and with wide digits.
        for cell in [
            "329999198105178009",
            "张三 329999198105178009",
            "３２９９９９１９８１０５１７８００９",
        ] {
            for heading in ["单位统一社会信用代码", "身份证号", "备注"] {
                let table =
                    format!("工会名称,上级工会,{heading}\n甲厂工会,天宁街道总工会,{cell}\n");
                let refused = office.check(ImportKind::Unions, &table).await;
                let sentence = match &refused {
                    Err(jianjia_app::core::error::Error::Refused(refusal)) => {
                        refusal.sentence(Lang::Zh)
                    }
                    _ => String::new(),
                };
                assert_eq!(key(refused), "import/identity-numbers", "{heading} {cell}");
                assert!(sentence.contains("第 2 行 C 列"), "{sentence}");
                assert!(!sentence.contains("1981"), "{sentence}");
                let hash = content_hash(table.as_bytes());
                let kept = office.city.app.files.get(&hash).await.unwrap();
                assert!(kept.is_none(), "nothing of it is kept");
            }
        }
    }
}

#[tokio::test]
async fn a_printed_code_with_an_odd_check_digit_is_kept_with_its_reason_on_both_engines() {
    for office in offices().await {
        let app = &office.city.app;
        let table = |reason: &str| {
            format!(
                "工会名称,上级工会,单位统一社会信用代码,代码核对说明\n甲厂工会,天宁街道总工会,914403007084611361,{reason}\n"
            )
        };
        let report = bring(app, ImportKind::Unions, "a.csv", table("").as_bytes()).await;
        check_rows(&report, &[(2, "代码的校验位不对")]);
        let reason = "与营业执照原件核对过";
        let report = bring(app, ImportKind::Unions, "a.csv", table(reason).as_bytes()).await;
        check_rows(&report, &[(2, "新")]);
        // What the register holds with a reason is not asked about again.
        let again = "工会名称,上级工会,职工人数\n甲厂工会,天宁街道总工会,20\n";
        let report = bring(app, ImportKind::Unions, "a.csv", again.as_bytes()).await;
        assert_eq!(report.counts(), [0, 1, 0, 0, 0], "{:?}", told(&report));
        let filter = UnitFilter {
            search: "甲厂".to_owned(),
            ..UnitFilter::default()
        };
        let (lines, _) = units::list(app, &office.clerk, filter, 1).await.unwrap();
        let view = units::find(app, &office.clerk, &lines[0].id).await.unwrap();
        let details = view.unit.details;
        assert_eq!(details.code_reason.as_deref(), Some(reason));
        assert_eq!(details.workers, Some(20));
    }
}

#[tokio::test]
async fn a_near_name_is_paired_once_for_the_whole_table_on_both_engines() {
    for office in offices().await {
        let (app, clerk) = (&office.city.app, &office.clerk);
        let union = "工会名称,上级工会\n常州恒立精密电子有限公司工会,天宁街道总工会\n";
        bring(app, ImportKind::Unions, "a.csv", union.as_bytes()).await;
        let titles = "持有单位,称号,级别,年度\n\
            常州恒力精密电子公司工会,模范职工之家,市级,2012\n\
            常州恒力精密电子公司工会,模范职工之家,市级,2013\n\
            常州恒力精密电子公司工会委员会,模范职工之家,市级,2014\n";
        let id = office.check(ImportKind::Titles, titles).await.unwrap();
        let (import, _) = imports::find(app, clerk, &id).await.unwrap();
        let asks = import.report.asks();
        assert_eq!(asks.len(), 1);
        assert_eq!(asks[0].1, 3);
        let number = asks[0].0.candidates[0].1;
        let wrong = HashMap::from([(0, Choice::Unit(number + 1000))]);
        assert_eq!(key(again::pair(app, clerk, &id, &wrong).await), "stale");
        let new = HashMap::from([(0, Choice::New)]);
        assert_eq!(key(again::pair(app, clerk, &id, &new).await), "stale");
        let chosen = HashMap::from([(0, Choice::Unit(number))]);
        again::pair(app, clerk, &id, &chosen).await.unwrap();
        let (import, _) = imports::find(app, clerk, &id).await.unwrap();
        assert_eq!(import.report.counts(), [3, 0, 0, 0, 0]);
        assert_eq!(import.report.pairs.len(), 1);
        imports::confirm(app, clerk, &id).await.unwrap();
        // A new union that is nearly one: the answer is that it is another.
        let unions = "工会名称,上级工会\n常州恒力精密电子有限公司工会,天宁街道总工会\n";
        let id = office.check(ImportKind::Unions, unions).await.unwrap();
        let new = HashMap::from([(0, Choice::New)]);
        again::pair(app, clerk, &id, &new).await.unwrap();
        imports::confirm(app, clerk, &id).await.unwrap();
        // Or that it is the same.
        let unions = "工会名称,上级工会,职工人数\n常州恒利精密电子有限公司工会,天宁街道总工会,30\n";
        let id = office.check(ImportKind::Unions, unions).await.unwrap();
        let same = HashMap::from([(0, Choice::Unit(number))]);
        again::pair(app, clerk, &id, &same).await.unwrap();
        let (import, _) = imports::find(app, clerk, &id).await.unwrap();
        assert_eq!(import.report.counts(), [0, 1, 0, 0, 0]);
    }
}

#[tokio::test]
async fn titles_and_vetoes_of_offices_find_their_unions_on_both_engines() {
    for office in offices().await {
        let app = &office.city.app;
        let union = "工会名称,上级工会,工会统一社会信用代码,单位名称,单位统一社会信用代码\n\
            常州安禾轨道交通配件有限公司工会,天宁街道总工会,8132040200006934X1,常州安禾轨道交通配件有限公司,913204022000693449\n";
        bring(app, ImportKind::Unions, "a.csv", union.as_bytes()).await;
        let report = office.look(ImportKind::Titles, "r-titles.xlsx").await;
        let rows: Vec<(usize, String)> = told(&report);
        let refused: Vec<usize> = rows
            .iter()
            .filter(|(_, fate)| !matches!(fate.as_str(), "新"))
            .map(|(row, _)| *row)
            .collect();
        assert_eq!(refused, [12, 15, 16, 20], "{rows:#?}");
        assert!(
            rows[10].1.contains("这里写了两个年度，只填一个"),
            "{rows:#?}"
        );
        let report = office.look(ImportKind::Vetoes, "q-vetoes.xlsx").await;
        check_rows(
            &report,
            &[
                (2, "新"),
                (3, "同2"),
                (4, "同2"),
                (5, "新"),
                (6, "同2"),
                (7, "同2"),
                (8, "同2"),
                (9, "没有写来源"),
                (10, "新"),
                (11, "V12"),
                (12, "年度没有填对"),
                (13, "新"),
                (14, "年度没有填对：请填"),
            ],
        );
        let bytes = file("q2-department-list.xlsx");
        let missing =
            machine::at_the_machine(app, ImportKind::Vetoes, "q2.xlsx", &bytes, true).await;
        let sentence = match &missing {
            Err(jianjia_app::core::error::Error::Refused(refusal)) => refusal.sentence(Lang::Zh),
            _ => String::new(),
        };
        assert!(
            sentence.starts_with("缺少必需的列：年度、情形、来源"),
            "{sentence}"
        );
        // With what the list does not say, its own columns are enough.
        let list = "序号,单位名称,统一社会信用代码,法定代表人,违法事实,年度,情形,来源\n\
            1,常州安禾轨道交通配件公司,913204022000693449,某某,拖欠12名职工工资,2016,V1,市人社局函\n\
            2,常州安禾轨道交通配件有限公司,,某某,拖欠12名职工工资,2016,V1,市人社局函\n";
        let report =
            machine::at_the_machine(app, ImportKind::Vetoes, "q.csv", list.as_bytes(), true)
                .await
                .unwrap();
        let fates: Vec<String> = told(&report).into_iter().map(|(_, fate)| fate).collect();
        assert_eq!(fates[0], "新");
        let aside = report.aside.sentences();
        assert!(
            aside
                .iter()
                .any(|one| one.zh.contains("“法定代表人”（D 列）")),
            "{aside:?}"
        );
    }
}

#[tokio::test]
async fn a_day_or_a_year_ahead_is_refused_in_every_table_on_both_engines() {
    for office in offices().await {
        let app = &office.city.app;
        let unions = "工会名称,上级工会,建会日期\n甲厂工会,天宁街道总工会,2016-10-21\n乙厂工会,天宁街道总工会,2016-10-20\n";
        let report = bring(app, ImportKind::Unions, "a.csv", unions.as_bytes()).await;
        check_rows(&report, &[(2, "2016-10-21"), (3, "新")]);
        let unions = "工会名称,上级工会\n乙厂工会,天宁街道总工会\n";
        bring(app, ImportKind::Unions, "a.csv", unions.as_bytes()).await;
        let people = "姓名,所在工会,身份,任职日期\n王五,乙厂工会,工会主席,2016-10-21\n";
        let report = bring(app, ImportKind::People, "a.csv", people.as_bytes()).await;
        assert_eq!(report.counts()[4], 1, "{:?}", told(&report));
        let standard = app.in_force();
        let dates = standard.facts.iter();
        let dates = dates.filter(|fact| fact.kind == jianjia_standard::fact::FactKind::Date);
        for fact in dates {
            let table =
                |day: &str| format!("工会名称,年度,{}\n乙厂工会,2016,{day}\n", fact.name.zh);
            let report = bring(
                app,
                ImportKind::Sheets,
                "a.csv",
                table("2016-10-21").as_bytes(),
            )
            .await;
            check_rows(&report, &[(2, "在今天（2016-10-20）以后，还没有发生")]);
            let report = bring(
                app,
                ImportKind::Sheets,
                "a.csv",
                table("2016-10-20").as_bytes(),
            )
            .await;
            assert_eq!(report.counts()[4], 0, "{:?}", told(&report));
        }
        let titles = "持有单位,称号,级别,年度,命名日期\n乙厂工会,模范职工之家,市级,2017,\n乙厂工会,模范职工之家,市级,2016,2016-10-21\n";
        let report = bring(app, ImportKind::Titles, "a.csv", titles.as_bytes()).await;
        assert_eq!(report.counts()[4], 2, "{:?}", told(&report));
    }
}

#[tokio::test]
async fn an_identity_number_on_a_hidden_sheet_keeps_the_file_out_too() {
    for office in offices().await {
        let bytes = Bytes::from(file("h3-identity-on-a-hidden-sheet.xlsx"));
        let hash = content_hash(&bytes);
        let (app, under) = (&office.city.app, &office.root.id);
        let refused = imports::check(
            app,
            &office.clerk,
            ImportKind::Unions,
            under,
            "a.xlsx",
            bytes,
        )
        .await;
        assert_eq!(key(refused), "import/identity-numbers");
        assert!(app.files.get(&hash).await.unwrap().is_none());
    }
}
