//! Stories of importing titles already held, and vetoes.

use jianjia_app::{
    core::app::App,
    exchange::import::{exports, machine::at_the_machine},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::place::UnitKind,
    exchange::import::{ImportKind, fate::Outcome},
    round::veto::Lifting,
};
use jianjia_standard::Lang;
use jianjia_store::{honour::honour, round::veto, year::standing};
use jiff::civil::date;

async fn register(city: &TestCity) -> jianjia_domain::core::place::UnitPlace {
    let top = city.unit(None, UnitKind::City, "市总工会").await;
    let district = city
        .unit(Some(&top), UnitKind::District, "天宁区总工会")
        .await;
    city.unit(Some(&district), UnitKind::Branch, "一车间").await;
    city.unit(Some(&district), UnitKind::Grassroots, "甲厂工会")
        .await
}

/// The result of every row in words.
async fn fates(app: &App, kind: ImportKind, table: &str, only_look: bool) -> Vec<String> {
    let report = at_the_machine(app, kind, "table.csv", table.as_bytes(), only_look)
        .await
        .unwrap();
    report
        .rows
        .into_iter()
        .map(|fate| match fate.outcome {
            Outcome::New => "new".to_owned(),
            Outcome::Changed { .. } => "changed".to_owned(),
            Outcome::Unchanged => "unchanged".to_owned(),
            Outcome::Duplicate { of_row, .. } => format!("as row {of_row}"),
            Outcome::Refused { reasons } => reasons
                .iter()
                .map(|reason| reason.sentence.get(Lang::Zh))
                .collect(),
        })
        .collect()
}

#[tokio::test]
async fn old_titles_come_in_once_and_count_as_held_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let union = register(&city).await;
        let app = &city.app;
        let heading = "持有单位,个人,称号,级别,年度,编号,命名日期\n";
        let wrong = format!(
            "{heading}甲厂工会,,模范之家,市级,2014,,\n甲厂工会,,模范职工之家,镇级,2031,,明天\n甲厂工会,张三,优秀工会工作者,市级,2014,,\n天宁区总工会,,模范职工之家,市级,2014,,\n"
        );
        assert_eq!(
            fates(app, ImportKind::Titles, &wrong, false).await,
            [
                "“模范之家”不在可填的范围里。请填：合格职工之家、模范职工之家、信赖职工之家、模范职工小家、信赖职工小家、优秀工会工作者、职工最可信赖娘家人。",
                "“镇级”不在可填的范围里。请填：县（区）级、市级、省级、国家级。“2031”不是年度。请填 1949 到 2016 之间的年份。“明天”不是日期，或在今天以后。请写成 2014-12-20；不知道的空着。",
                "个人称号要写明是谁：名册里这个工会没有“张三”。请核对姓名；还没有登记的，先在人员里登记。",
                "模范职工之家不授予辖市、区总工会（第四条）。请核对称号和单位。",
            ]
        );
        let row = "甲厂工会,,模范职工之家,市级,2014,常模〔2014〕1号,\n";
        let table = format!("{heading}{row}{row}");
        assert_eq!(
            fates(app, ImportKind::Titles, &table, true).await,
            ["new", "as row 2"]
        );
        for expect in ["new", "unchanged"] {
            let found = fates(app, ImportKind::Titles, &format!("{heading}{row}"), false).await;
            assert_eq!(found, [expect]);
        }
        let mut tx = app.db.read().await.unwrap();
        let held: Vec<(String, i16, String, String)> = honour::held(&mut tx, &union.id, None)
            .await
            .unwrap()
            .into_iter()
            .map(|held| {
                (
                    held.title,
                    held.year,
                    held.number,
                    held.begun_on.to_string(),
                )
            })
            .collect();
        assert_eq!(
            held,
            [(
                "model-home".to_owned(),
                2014,
                "常模〔2014〕1号".to_owned(),
                "2014-12-31".to_owned()
            )]
        );
    }
}

#[tokio::test]
async fn vetoes_come_in_once_with_their_source_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let union = register(&city).await;
        let app = &city.app;
        let heading = "单位工会,年度,情形,来源,说明\n";
        let wrong = format!("{heading}甲厂工会,2021,V99,,\n一车间,2016,V1,市人社局,\n");
        assert_eq!(
            fates(app, ImportKind::Vetoes, &wrong, false).await,
            [
                "标准里没有“V99”这一条否决情形。请从这些当中选一项：V1 拖欠工资、V2 欠缴社会保险、V3 未依法拨缴工会经费、V4 未建立民主管理和集体合同制度、V5 未签劳动合同、V6 劳动争议败诉、V7 能耗超标、V8 环境污染严重、V9 安全事故超控制指标、V10 严重职业病危害、V11 群访和群体性事件。年度没有填对：请填1949到2016之间的年份。没有写来源：请写明是哪个部门、哪份文件认定的，被限制的单位会看到它。",
                "否决情形记在单位工会上，不单独记在分工会、小组上：请在它所属的工会上登记，小家随之受限。",
            ]
        );
        let table = format!("{heading}甲厂工会,2016,拖欠工资,市人社局,三个月\n");
        for expect in ["new", "unchanged"] {
            assert_eq!(
                fates(app, ImportKind::Vetoes, &table, false).await,
                [expect]
            );
        }
        let mut tx = app.db.read().await.unwrap();
        let vetoes: Vec<(String, String, String)> = veto::of_unit(&mut tx, &union.id, 2016)
            .await
            .unwrap()
            .into_iter()
            .map(|veto| (veto.clause, veto.source, veto.note))
            .collect();
        assert_eq!(
            vetoes,
            [("V1".to_owned(), "市人社局".to_owned(), "三个月".to_owned())]
        );
    }
}

#[tokio::test]
async fn vetoes_that_were_exported_come_in_again_whatever_their_year_on_both_engines() {
    let today = date(2016, 10, 20);
    let others = testing::both(today).await;
    for (city, other) in testing::both(today).await.into_iter().zip(others) {
        let union = register(&city).await;
        let app = &city.app;
        city.vetoed(&union, 2015, "V1", "市人社局").await;
        city.vetoed(&union, 2016, "V8", "市环保局").await;
        let table = exports::export_at_the_machine(app, ImportKind::Vetoes, "v.csv", None)
            .await
            .unwrap();
        let table = String::from_utf8(table).unwrap();
        let found = fates(app, ImportKind::Vetoes, &table, true).await;
        assert_eq!(found, ["unchanged", "unchanged"]);

        // Into a register that has the unions but not their vetoes yet.
        let union = register(&other).await;
        let app = &other.app;
        let found = fates(app, ImportKind::Vetoes, &table, false).await;
        assert_eq!(found, ["new", "new"]);
        let mut tx = app.db.read().await.unwrap();
        let history: Vec<(i16, String, String)> = veto::history_of_unit(&mut tx, &union.id)
            .await
            .unwrap()
            .into_iter()
            .map(|veto| (veto.year, veto.clause, veto.source))
            .collect();
        assert_eq!(
            history,
            [
                (2016, "V8".to_owned(), "市环保局".to_owned()),
                (2015, "V1".to_owned(), "市人社局".to_owned()),
            ]
        );
        // A year before the programme bars nobody and is not judged.
        let mut standings = Vec::new();
        for year in [2015, 2016] {
            let found = standing::of_unit(&mut tx, &union, year).await.unwrap();
            standings.push(found.is_some());
        }
        assert_eq!(standings, [false, true]);
    }
}

#[tokio::test]
async fn a_veto_that_was_lifted_is_not_recorded_anew_by_a_table_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let union = register(&city).await;
        let app = &city.app;
        city.vetoed(&union, 2016, "V1", "市人社局12号函").await;
        let table = exports::export_at_the_machine(app, ImportKind::Vetoes, "v.csv", None)
            .await
            .unwrap();
        let standing = String::from_utf8(table).unwrap();
        assert!(standing.contains(",限制申报"), "{standing}");
        let lifting = Lifting {
            at: app.now(),
            by_name: "区审核".to_owned(),
            reason: "已补发".to_owned(),
        };
        let mut tx = app.db.write("test").await.unwrap();
        let id = veto::history_of_unit(&mut tx, &union.id).await.unwrap()[0].id;
        assert!(veto::lift(&mut tx, &id, &lifting).await.unwrap());
        testing::keep(app, tx).await;

        // A table from before, as it was exported.
        let found = fates(app, ImportKind::Vetoes, &standing, false).await;
        assert_eq!(
            found,
            [
                "同一来源的这条否决情形已于2016-10-20解除，不能凭旧表再登记一次。请删掉这一行；确实又有新的认定，请把来源写成新的文件。"
            ]
        );
        // The list of the page, with what was lifted.
        let heading = "单位工会,年度,情形,来源,状态\n";
        let rows = [
            ("V1 拖欠工资", "市人社局12号函", "已解除", "unchanged"),
            ("V1", "市人社局12号函", "Lifted", "unchanged"),
            (
                "V1",
                "市人社局12号函",
                "",
                "同一来源的这条否决情形已于2016-10-20解除，不能凭旧表再登记一次。请删掉这一行；确实又有新的认定，请把来源写成新的文件。",
            ),
            (
                "V2",
                "市税务局",
                "已解除",
                "这一行的状态是“已解除”，登记里没有同样已经解除的：表格只登记仍然有效的否决情形，不登记已经解除的，也不办理解除。请删掉这一行；要解除的，请在“否决登记”里打开它办理。",
            ),
            (
                "V2",
                "市税务局",
                "再议",
                "状态“再议”看不懂：请写“限制申报”或“已解除”，也可以空着，空着的按仍然有效登记。",
            ),
            ("V1", "市人社局30号函", "限制申报", "new"),
        ];
        for (clause, source, state, expect) in rows {
            let table = format!("{heading}甲厂工会,2016,{clause},{source},{state}\n");
            let found = fates(app, ImportKind::Vetoes, &table, false).await;
            assert_eq!(found, [expect], "{clause} {source} {state}");
        }
        // Found again, it stands by the new source, whatever the table says of the old one.
        let table = format!("{heading}甲厂工会,2016,V1,市人社局12号函,限制申报\n");
        assert_eq!(
            fates(app, ImportKind::Vetoes, &table, false).await,
            ["unchanged"]
        );
        let mut tx = app.db.read().await.unwrap();
        let mut history: Vec<(String, bool)> = veto::history_of_unit(&mut tx, &union.id)
            .await
            .unwrap()
            .into_iter()
            .map(|veto| (veto.source, veto.lifted.is_some()))
            .collect();
        history.sort();
        assert_eq!(
            history,
            [
                ("市人社局12号函".to_owned(), true),
                ("市人社局30号函".to_owned(), false),
            ]
        );
    }
}

#[tokio::test]
async fn a_title_row_that_cannot_be_taken_keeps_the_whole_table_out_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let union = register(&city).await;
        let app = &city.app;
        let people = "姓名,所在工会,身份\n张三,甲厂工会,主席\n";
        fates(app, ImportKind::People, people, false).await;
        let heading = "持有单位,个人,称号,级别,年度,编号,命名日期\n";
        let long = "号".repeat(61);
        let table = format!(
            "{heading}甲厂工会,,模范职工之家,市级,2014,1号,2014年12月20日\n甲厂工会,张三,优秀工会工作者,市级,2015,1号,\n,,模范职工之家,市级,2014,,\n没有的工会,,模范职工之家,市级,2014,,\n甲厂工会,,合格职工之家,市级,2014,{long},\n甲厂工会,,模范职工之家,市级,2014,2号,\n甲厂工会,张三,优秀工会工作者,省级,2015,3号,2015-03-01\n"
        );
        let expect = [
            "new",
            "编号“1号”已经是别的称号的。请核对。",
            "请填写所在工会：名称、登记编号或统一社会信用代码都可以。",
            "在您管辖的范围内没有找到工会“没有的工会”，也没有相近的名称。请核对名称，或填它的登记编号、统一社会信用代码；还没有登记的，请先登记。",
            "编号太长，最多 60 个字。",
            "与第 2 行说的是同一个，但内容不一样。请核对后只留一行。",
            "new",
        ];
        for only_look in [true, false] {
            let found = fates(app, ImportKind::Titles, &table, only_look).await;
            assert_eq!(found, expect);
        }
        let clean = format!("{heading}甲厂工会,张三,优秀工会工作者,省级,2015,3号,2015-03-01\n");
        let found = fates(app, ImportKind::Titles, &clean, true).await;
        assert_eq!(found, ["new"]);
        // Neither the refused workbook nor the two checks left anything behind.
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(honour::all(&mut tx).await.unwrap(), []);
        drop(tx);
        fates(app, ImportKind::Titles, &clean, false).await;
        let taken = format!("{heading}甲厂工会,,模范职工之家,市级,2014,3号,\n");
        assert_eq!(
            fates(app, ImportKind::Titles, &taken, false).await,
            ["编号“3号”已经是别的称号的。请核对。"]
        );
        let mut tx = app.db.read().await.unwrap();
        let held: Vec<(String, String)> = honour::all(&mut tx)
            .await
            .unwrap()
            .into_iter()
            .map(|held| (held.person_name, held.begun_on.to_string()))
            .collect();
        assert_eq!(held, [("张三".to_owned(), "2015-03-01".to_owned())]);
        assert!(
            honour::held(&mut tx, &union.id, None)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_veto_row_that_cannot_be_taken_keeps_the_whole_table_out_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let union = register(&city).await;
        let app = &city.app;
        let heading = "单位工会,年度,情形,来源,说明\n";
        let long = "文".repeat(2_000);
        let table = format!(
            "{heading}甲厂工会,2016,V1,市人社局,\n甲厂工会,2016,V1,市人社局,\n甲厂工会,2016,V1,市总工会,\n,2016,V1,市人社局,\n没有的工会,2016,V1,市人社局,\n市总工会,2016,V1,市人社局,\n甲厂工会,2016,V2,{long},\n"
        );
        let unknown = |name: &str| {
            format!(
                "在您管辖的范围内没有找到工会“{name}”，也没有相近的名称。请核对名称，或填它的登记编号、统一社会信用代码；还没有登记的，请先登记。"
            )
        };
        let expect = [
            "new".to_owned(),
            "as row 2".to_owned(),
            "与第 2 行说的是同一个，但内容不一样。请核对后只留一行。".to_owned(),
            "请填写所在工会：名称、登记编号或统一社会信用代码都可以。".to_owned(),
            unknown("没有的工会"),
            // A federation can't record vetoes for itself.
            unknown("市总工会"),
            "写了2000个字，最多200个字。请缩短一些。".to_owned(),
        ];
        for only_look in [true, false] {
            let found = fates(app, ImportKind::Vetoes, &table, only_look).await;
            assert_eq!(found, expect);
        }
        let clean = format!("{heading}甲厂工会,2016,V1,市人社局,\n");
        assert_eq!(fates(app, ImportKind::Vetoes, &clean, true).await, ["new"]);
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(veto::of_unit(&mut tx, &union.id, 2016).await.unwrap(), []);
    }
}
