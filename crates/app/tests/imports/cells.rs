//! Cells as spreadsheet programs and hurried people leave them: telephones without their zero, rough counts, days that are numbers.

use jianjia_app::exchange::import::machine;
use jianjia_demo::testing::{TestCity, both};
use jianjia_domain::{
    core::place::UnitKind,
    exchange::import::{ImportKind, fate::Outcome},
};

use crate::TODAY;

/// The first row's reasons, or its fate.
async fn first(city: &TestCity, kind: ImportKind, table: &str) -> String {
    let report = machine::at_the_machine(&city.app, kind, "表.csv", table.as_bytes(), true)
        .await
        .unwrap();
    match &report.rows[0].outcome {
        Outcome::Refused { reasons } => reasons
            .iter()
            .map(|reason| format!("{}：{}", reason.column.zh, reason.sentence.zh))
            .collect(),
        other => format!("{other:?}"),
    }
}

async fn check(city: &TestCity, kind: ImportKind, headings: &str, row: &str, expect: &str) {
    let told = first(city, kind, &format!("{headings}\n{row}\n")).await;
    assert!(told.contains(expect), "{row}: {told}");
}

#[tokio::test]
async fn what_a_cell_has_lost_is_told_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Grassroots, "甲厂工会")
            .await;
        let unions = "工会名称,上级工会,联系电话,职工人数,建会日期";
        for (row, expect) in [
            (
                "51988888888,,",
                "联系电话：电话“51988888888”的区号少了开头的 0",
            ),
            ("519-88888888,,", "例如 0519-88888888。"),
            (",约200,", "职工人数：“约200”是约数。"),
            (",200余人,", "职工人数：“200余人”是约数。"),
            (",\"1,20\",", "职工人数：“1,20”不是人数。"),
            (",200人,", "New"),
            (",\"1,200\",", "New"),
            (",一百二十,", "New"),
            (
                ",,1850-01-01",
                "建会日期：1850-01-01 太早了。应在 1900-01-01",
            ),
            (",,1899-12-30", "表格软件把 0 显示成的日期"),
            (",,1900-01-00", "表格软件把 0 显示成的日期"),
            (",,42370", "表格软件里 2016-01-01 的序号"),
        ] {
            let row = format!("乙乙机械厂工会,常州市总工会,{row}");
            check(&city, ImportKind::Unions, unions, &row, expect).await;
        }
        let sheets = "工会名称,年度,上次换届日期,已办工会卡";
        for (row, expect) in [
            (
                "42370,",
                "上次换届日期：“上次换届日期”没有填对：应为日期，如 2016-10-01，而不是“42370”（像是表格软件里 2016-01-01 的序号",
            ),
            (
                "1850-01-01,",
                "上次换届日期：“上次换届日期”填的是 1850-01-01，太早了。",
            ),
            ("1899-12-30,", "表格软件把 0 显示成的日期"),
            ("1900-01-00,", "表格软件把 0 显示成的日期"),
            (",约200", "“约200”是约数，请填准确的数"),
            (",200余张", "是约数"),
            (",\"1,20\"", "应为不小于零的整数"),
            (",\"1,200\"", "New"),
            (",一百二十", "New"),
            ("2015-05-20,200", "New"),
        ] {
            let row = format!("甲厂工会,2016,{row}");
            check(&city, ImportKind::Sheets, sheets, &row, expect).await;
        }
        let titles = "持有单位,称号,级别,年度,命名日期";
        let row = "甲厂工会,模范职工之家,市级,2010,1899-12-30";
        check(
            &city,
            ImportKind::Titles,
            titles,
            row,
            "命名日期：1899-12-30 太早了",
        )
        .await;
        let people = "姓名,所在工会,身份,电话";
        let row = "张三,甲厂工会,工会主席,51988888888";
        check(&city, ImportKind::People, people, row, "区号少了开头的 0").await;
    }
}
