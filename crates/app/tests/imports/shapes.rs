//! Tables of every shape: hidden rows, several sheets, text that only looks different; how far a long one is, and what comes back of a bad one.

use bytes::Bytes;
use jianjia_app::{
    exchange::import::{self as imports, again, exports, machine, reading, returned},
    register::unit as units,
};
use jianjia_documents::sheet;
use jianjia_domain::{
    core::policy::Role,
    exchange::import::{ImportKind, fate::Outcome, table::HiddenRows},
    register::unit::list::UnitFilter,
};
use jianjia_standard::Lang;

use super::{
    kept_out::{bring, file, offices, told},
    key,
};

#[tokio::test]
async fn refused_rows_come_back_in_english_too() {
    for office in offices().await {
        let (app, clerk) = (&office.city.app, &office.clerk);
        let table = "工会名称,上级工会,职工人数\n乙厂工会,天宁街道总工会,很多\n";
        let id = office.check(ImportKind::Unions, table).await.unwrap();
        let back = returned::returned(app, clerk, &id, Lang::En).await.unwrap();
        assert_eq!(back.name, "unions-refused-rows.xlsx");
        let back = sheet::read(&back.bytes, "a.xlsx").unwrap();
        assert_eq!(
            back.rows[0].cells,
            [
                "Row in the table",
                "Union name",
                "Upper union",
                "Workers",
                "Workers: problem",
                "Problems of the row"
            ]
        );
        assert_eq!(back.rows[1].cells[0], "row 2");
        assert!(!back.rows[1].cells[4].contains("人数"), "{back:?}");
    }
}

#[tokio::test]
async fn a_long_table_tells_how_far_it_is_to_its_sender_alone() {
    for office in offices().await {
        let (app, clerk) = (&office.city.app, &office.clerk);
        let table = Bytes::from("工会名称,上级工会\n甲厂工会,天宁街道总工会\n");
        let what = (ImportKind::Unions, office.root.id);
        let begun = reading::begin(app, clerk, what, (table, "表.csv".to_owned())).unwrap();
        let stranger = office
            .city
            .actor("别人", &[(Role::Reviewer, &office.root)])
            .await;
        let wait = std::time::Duration::from_secs(30);
        let theirs = reading::state(app, &stranger, &begun, wait).await;
        assert_eq!(key(theirs), "not-found");
        let reading::State::Checked(id) = reading::state(app, clerk, &begun, wait).await.unwrap()
        else {
            panic!("the table is read");
        };
        imports::confirm(app, clerk, &id).await.unwrap();
        let table = Bytes::from("没有表头\n");
        let begun = reading::begin(app, clerk, what, (table, "表.csv".to_owned())).unwrap();
        let reading::State::Refused { refusal, .. } =
            reading::state(app, clerk, &begun, wait).await.unwrap()
        else {
            panic!("the table is refused");
        };
        let sentence = refusal.sentence(Lang::Zh);
        // A text has no sheets to speak of.
        assert!(!sentence.contains("工作表"), "{sentence}");
    }
}

#[tokio::test]
async fn hidden_rows_are_counted_aloud_and_chosen_on_both_engines() {
    for office in offices().await {
        let (app, clerk) = (&office.city.app, &office.clerk);
        let bytes = Bytes::from(file("h1-hidden-rows.xlsx"));
        let (kind, under) = (ImportKind::Unions, &office.root.id);
        let id = imports::check(app, clerk, kind, under, "名册.xlsx", bytes)
            .await
            .unwrap();
        let aside = async || {
            let (import, _) = imports::find(app, clerk, &id).await.unwrap();
            let sentences = import.report.aside.sentences();
            (import.report.rows.len(), sentences[0].zh.clone())
        };
        let hidden = "表里有 1 行是隐藏的（手工隐藏或被筛选掉）";
        let taken = format!("{hidden}，也在要导入的里面：第 3 行。");
        assert_eq!(aside().await, (3, taken.clone()));
        again::choose_hidden(app, clerk, &id, HiddenRows::Leave)
            .await
            .unwrap();
        let left = format!("{hidden}，按您的选择没有导入：第 3 行。");
        assert_eq!(aside().await, (2, left));
        again::choose_hidden(app, clerk, &id, HiddenRows::Take)
            .await
            .unwrap();
        assert_eq!(aside().await, (3, taken));
        again::choose_hidden(app, clerk, &id, HiddenRows::Leave)
            .await
            .unwrap();
        imports::confirm(app, clerk, &id).await.unwrap();
        let again = office.look(kind, "h1-hidden-rows.xlsx").await;
        assert_eq!(again.counts(), [1, 0, 2, 0, 0]);
    }
}

#[tokio::test]
async fn every_visible_sheet_with_the_headings_is_read_and_the_others_named_on_both_engines() {
    for office in offices().await {
        let report = office
            .look(ImportKind::Unions, "h2-several-sheets.xlsx")
            .await;
        let places: Vec<String> = report.rows.iter().map(|fate| fate.place.zh()).collect();
        assert_eq!(
            places,
            ["“一季度”第 2 行", "“二季度”第 3 行", "“二季度”第 4 行"]
        );
        let Outcome::Refused { reasons } = &report.rows[2].outcome else {
            panic!(
                "two rows about one union that say two things: {:?}",
                told(&report)
            );
        };
        assert_eq!(
            reasons[0].sentence.zh,
            "与“一季度”第 2 行说的是同一个，但内容不一样。请核对后只留一行。"
        );
        let aside: Vec<String> = report
            .aside
            .sentences()
            .into_iter()
            .map(|sentence| sentence.zh)
            .collect();
        assert_eq!(
            aside,
            [
                "隐藏的工作表没有读：“旧表”“底表”。",
                "没有这种表的表头、没有读的工作表：“封面”。"
            ]
        );
    }
}

#[tokio::test]
async fn text_of_every_shape_is_made_alike_and_private_characters_told_on_both_engines() {
    for office in offices().await {
        let app = &office.city.app;
        let table = "工会名称\u{200b},\u{feff}上级工会,工会类型,职工人数,会员人数,建会日期,联系电话,工会主席,所在区划\n\
            \u{a0}常州甲厂⼯会\u{202c},天宁街道\u{ad}总工会,基层\u{200b}工会,１００,\u{3000}90\u{3000},２００９－０６－０１,'0519\u{2014}86680000,李\u{e863},３２０４０２００５\n\
            常州\u{e001}厂工会,天宁街道总工会,基层工会,1,1,,,李\u{e001},\n";
        let report = bring(app, ImportKind::Unions, "a.csv", table.as_bytes()).await;
        let told = told(&report);
        assert_eq!(told[0].1, "新", "{told:?}");
        assert!(told[1].1.contains("有一个字（U+E001）是造字"), "{told:?}");
        let asked = machine::AtTheMachine {
            only_look: false,
            wanted: imports::Wanted::Good,
            hidden_rows: HiddenRows::Take,
        };
        let taken = machine::read_for_the_machine(
            app,
            ImportKind::Unions,
            "a.csv",
            table.as_bytes(),
            &asked,
        )
        .unwrap();
        machine::write_at_the_machine(app, ImportKind::Unions, &taken, &asked)
            .await
            .unwrap();
        let filter = UnitFilter {
            search: "甲厂".to_owned(),
            ..UnitFilter::default()
        };
        let (lines, _) = units::list(app, &office.clerk, filter, 1).await.unwrap();
        let details = units::find(app, &office.clerk, &lines[0].id)
            .await
            .unwrap()
            .unit
            .details;
        assert_eq!(details.name, "常州甲厂工会");
        assert_eq!((details.workers, details.members), (Some(100), Some(90)));
        assert_eq!(details.founded_on.unwrap().to_string(), "2009-06-01");
        assert_eq!(details.phone.as_deref(), Some("0519-86680000"));
        assert_eq!(details.division, "320402005");
        let people = exports::export_at_the_machine(app, ImportKind::People, "a.csv", None)
            .await
            .unwrap();
        let people = String::from_utf8(people).unwrap();
        assert!(people.contains("李䶮"), "{people}");
    }
}
