//! Stories of administrative divisions that come in by a table.

use bytes::Bytes;
use jianjia_app::{
    exchange::import::{self as imports, exports, machine},
    register::division as divisions,
};
use jianjia_demo::testing::{TestCity, both};
use jianjia_domain::{
    core::{place::UnitKind, policy::Role},
    exchange::import::ImportKind,
};

use super::{TODAY, key, told};

async fn fates(city: &TestCity, kind: ImportKind, table: &str, only_look: bool) -> Vec<String> {
    let report = machine::at_the_machine(&city.app, kind, "表.csv", table.as_bytes(), only_look)
        .await
        .unwrap();
    report.rows.iter().map(|fate| told(&fate.outcome)).collect()
}

const HEADING: &str = "code,parent_code,level,name\n";

#[tokio::test]
async fn a_union_names_its_place_once_the_divisions_are_in() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        let kind = ImportKind::Divisions;
        let union = "工会名称,工会类型,所在区划\n天宁区总工会,辖市、区总工会,天宁区\n";
        assert_eq!(
            fates(&city, ImportKind::Unions, union, true).await,
            ["拒所在区划:没有找到区划“天宁区”。"]
        );
        let table = format!(
            "{HEADING}320402004001,320402004,village,红梅村\n320402,3204,district,天宁区\n320402004,320402,township,红梅街道\n320402,3204,district,天宁区\n"
        );
        let new = ["新", "新", "新", "同3"];
        assert_eq!(fates(&city, kind, &table, true).await, new);
        assert_eq!(divisions::districts(&city.app).await.unwrap(), []);
        assert_eq!(fates(&city, kind, &table, false).await, new);
        assert_eq!(
            divisions::name(&city.app, "320402004001").await.unwrap(),
            "天宁区红梅街道红梅村"
        );
        assert_eq!(fates(&city, ImportKind::Unions, union, true).await, ["新"]);

        let renamed = "区划代码,上级区划代码,级别,名称\n320402004,320402,镇（街道）,红梅新街道\n";
        assert_eq!(fates(&city, kind, renamed, false).await, ["改名称"]);
        for name in ["表.csv", "表.xlsx"] {
            let bytes = exports::export_at_the_machine(&city.app, kind, name, None)
                .await
                .unwrap();
            let report = machine::at_the_machine(&city.app, kind, name, &bytes, false)
                .await
                .unwrap();
            assert_eq!(report.counts(), [0, 0, 3, 0, 0]);
        }
        assert_eq!(
            divisions::name(&city.app, "320402004").await.unwrap(),
            "天宁区红梅新街道"
        );

        // They are the whole city's: a district can't bring them in.
        let district = city
            .unit(Some(&root), UnitKind::District, "天宁区总工会")
            .await;
        let approver = city.actor("审批", &[(Role::Approver, &district)]).await;
        let refused = imports::check(
            &city.app,
            &approver,
            kind,
            &district.id,
            "表.csv",
            Bytes::from(table.clone()),
        )
        .await;
        assert_eq!(key(refused), "not-your-role");
        assert_eq!(
            imports::kinds(&approver, &[district]),
            [
                ImportKind::Unions,
                ImportKind::People,
                ImportKind::Sheets,
                ImportKind::Vetoes
            ]
        );
    }
}

#[tokio::test]
async fn each_wrong_row_of_divisions_is_told_why() {
    for city in both(TODAY).await {
        let kind = ImportKind::Divisions;
        let registered = format!("{HEADING}320402,3204,district,天宁区\n");
        fates(&city, kind, &registered, false).await;
        let table = format!(
            "{HEADING}三二〇四,,city,常州市\n3204,,city,\n320404,3204,县,钟楼区\n320404005,320404,township,五星街道\n320402004001,320402,village,红梅村\n320402,3204,township,天宁区\n320402,3205,district,天宁区\n320411,3204,district,新北区\n320411,3204,district,新北\n"
        );
        assert_eq!(
            fates(&city, kind, &table, false).await,
            [
                "拒区划代码:“三二〇四”不是区划代码",
                "拒名称:名称没有填，或超过 60",
                "拒级别:“县”不是区划的级别。请",
                "拒上级区划代码:上级区划“320404”",
                "拒上级区划代码:上级区划“320402”",
                "拒上级区划代码:上级区划“3204”不在",
                "拒区划代码:这个代码登记的是辖市、区",
                "新",
                "拒:与第 9 行说的是同一个",
            ]
        );
        assert_eq!(divisions::districts(&city.app).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn codes_of_every_length_are_one_and_the_past_and_other_cities_are_told_on_both_engines() {
    for city in both(TODAY).await {
        let kind = ImportKind::Divisions;
        let registered = format!(
            "{HEADING}320402,3204,district,天宁区\n320402005,320402,township,天宁街道\n320413,3204,district,金坛区\n"
        );
        fates(&city, kind, &registered, false).await;
        let table = format!(
            "{HEADING}\
             320402000000,320400000000,辖市、区,天宁区\n\
             320402005000,320402000000,街道,天宁街道\n\
             320404,320400,区,钟楼区\n\
             320405,3204,区,戚墅堰区\n\
             320482,3204,区,金坛市\n\
             320413,3204,区,金坛市\n\
             110101,1101,区,东城区\n\
             320402091,320404,镇,错上级镇\n\
             320402094,320402,镇,江苏省常州市天宁区某某镇\n\
             320402094001,320402094,社区,天宁区某某镇新社区\n\
             320402005001,320402005000,村,新村\n"
        );
        assert_eq!(
            fates(&city, kind, &table, true).await,
            [
                "不变",
                "不变",
                "新",
                "拒区划代码:“320405 戚墅堰区",
                "拒区划代码:“320482 金坛市”",
                "拒区划代码:“320413 金坛市”",
                "拒区划代码:“110101”不是本市",
                "拒区划代码:代码“320402091",
                "新",
                "新",
                "新",
            ]
        );
        let good: Vec<&str> = table
            .lines()
            .filter(|line| {
                line.starts_with("code")
                    || line.starts_with("32040209")
                    || line.starts_with("320404")
            })
            .filter(|line| !line.starts_with("320402091"))
            .collect();
        fates(&city, kind, &good.join("\n"), false).await;
        assert_eq!(
            divisions::name(&city.app, "320402094001").await.unwrap(),
            "天宁区某某镇新社区"
        );
        let again = fates(&city, kind, &good.join("\n"), true).await;
        assert_eq!(again, ["不变"; 3]);
    }
}
