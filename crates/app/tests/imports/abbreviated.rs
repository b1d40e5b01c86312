//! Upper unions by short and long forms of their names: asked about with whom they may mean, never taken, never lost.

use jianjia_demo::testing::both;
use jianjia_domain::{
    core::place::UnitKind,
    exchange::import::{ImportKind, fate::Outcome},
};

use crate::TODAY;
use jianjia_app::exchange::import::machine;

#[tokio::test]
async fn a_short_or_long_form_of_an_upper_union_is_asked_about_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        let tianning = city
            .unit(Some(&root), UnitKind::District, "天宁区总工会")
            .await;
        let zhonglou = city
            .unit(Some(&root), UnitKind::District, "钟楼区总工会")
            .await;
        city.unit(Some(&tianning), UnitKind::Township, "天宁街道总工会")
            .await;
        for district in [&zhonglou, &tianning] {
            city.unit(Some(district), UnitKind::Township, "新桥镇总工会")
                .await;
        }
        for (typed, expect) in [
            ("市总工会", &["常州市总工会"][..]),
            ("常州总工会", &["常州市总工会"]),
            ("天宁总工会", &["天宁区总工会", "天宁街道总工会"]),
            ("常州市天宁区总工会", &["天宁区总工会"]),
            ("天宁区天宁街道总工会", &["天宁街道总工会"]),
            ("天宁街道", &["天宁街道总工会"]),
            ("区总工会", &["天宁区总工会", "钟楼区总工会"]),
        ] {
            let table = format!("工会名称,上级工会\n常州某某厂工会,{typed}\n");
            let report = machine::at_the_machine(
                &city.app,
                ImportKind::Unions,
                "t.csv",
                table.as_bytes(),
                true,
            )
            .await
            .unwrap();
            let Outcome::Refused { reasons } = &report.rows[0].outcome else {
                panic!("{typed}: {:?}", report.rows);
            };
            assert_eq!(reasons.len(), 1, "{typed}");
            let ask = reasons[0].ask.as_ref().expect(typed);
            let names: Vec<&str> = ask.candidates.iter().map(|(name, _)| &**name).collect();
            assert_eq!(names, expect, "{typed}");
        }
        // Two towns of one name: that of the district that is named comes first.
        let table = "工会名称,上级工会\n常州某某厂工会,天宁区新桥镇总工会\n";
        let report = machine::at_the_machine(
            &city.app,
            ImportKind::Unions,
            "t.csv",
            table.as_bytes(),
            true,
        )
        .await
        .unwrap();
        let Outcome::Refused { reasons } = &report.rows[0].outcome else {
            panic!("{:?}", report.rows);
        };
        let ask = reasons[0].ask.as_ref().unwrap();
        let numbers: Vec<i64> = ask.candidates.iter().map(|(_, number)| *number).collect();
        assert_eq!(numbers.len(), 2);
        assert!(numbers[0] > numbers[1], "the later one is of Tianning");
        // A federation that only the table has.
        let table = "工会名称,工会类型,上级工会\n\
            新北区总工会,辖市、区总工会,常州市总工会\n\
            常州某某厂工会,基层工会,常州市新北区总工会\n\
            天宁总工会,辖市、区总工会,常州市总工会\n";
        let report = machine::at_the_machine(
            &city.app,
            ImportKind::Unions,
            "t.csv",
            table.as_bytes(),
            true,
        )
        .await
        .unwrap();
        let told: Vec<String> = report
            .rows
            .iter()
            .map(|fate| match &fate.outcome {
                Outcome::Refused { reasons } => reasons[0].sentence.zh.clone(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(told[0], "New");
        assert!(
            told[1].contains("是不是第 2 行的“新北区总工会”"),
            "{told:?}"
        );
        assert!(told[2].contains("是不是“天宁区总工会”"), "{told:?}");
    }
}
