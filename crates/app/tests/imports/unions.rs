//! Stories of importing unions and their people: every row with its fate, the same table again, what changed in between, and a whole city.

use std::time::{Duration, Instant};

use jianjia_app::{
    exchange::import::{self as imports, exports},
    register::unit as units,
};
use jianjia_domain::{
    core::place::UnitKind, exchange::import::ImportKind, register::unit::list::UnitFilter,
};
use jianjia_store::core::cover::check::compare;

use super::{code, key, places};

#[tokio::test]
async fn every_row_is_told_its_fate_and_nothing_is_half_imported() {
    for place in places().await {
        let (union, employer) = (code("81320400MC0000001"), code("91320400MA1000002"));
        let table = format!(
            "名册（2016年）\n\
             工会名称*,工会类型,上级工会,工会统一社会信用代码,单位统一社会信用代码,职工人数,会员人数\n\
             示例：某某工会,基层工会,,,,200,190\n\
             甲厂工会,基层工会,新街道总工会,{union},{employer},200,190\n\
             新街道总工会,镇（街道）总工会,,,,,\n\
             乙厂工会,,红梅街道总工会,{employer},{union},100,90\n\
             丙厂工会,基层工会,红梅街道总工会,,,90,100\n\
             丙厂工会,基层工会,红梅街道总工会,,,90,100\n\
             丁厂工会,县工会,没有的街道总工会,,,很多,\n\
             ,,,,,3,\n\
             甲厂工会,基层工会,新街道总工会,{union},{employer},201,190\n"
        );
        let fates = place.fates(ImportKind::Unions, &table).await;
        let expect = [
            (4, "新"),
            (5, "新"),
            (
                6,
                "拒工会统一社会信用代码:两个代码填反了：81 开 拒单位统一社会信用代码:两个代码填反了：81 开",
            ),
            (7, "拒会员人数:会员 100 人，比职工"),
            (8, "拒会员人数:会员 100 人，比职工"),
            (
                9,
                "拒工会类型:“县工会”不是工会类型。 拒上级工会:在您管辖的范围内没有找到 拒职工人数:“很多”不是人数。请填 ",
            ),
            (10, "拒工会名称:请填写工会名称，与批准建"),
            (11, "拒:与第 4 行说的是同一个"),
        ];
        let expect: Vec<(usize, String)> = expect
            .into_iter()
            .map(|(row, fate)| (row, fate.to_owned()))
            .collect();
        assert_eq!(fates, expect);
        let id = place.check(ImportKind::Unions, &table).await.unwrap();
        assert_eq!(
            key(imports::confirm(&place.city.app, &place.reviewer, &id).await),
            "import/rows-refused"
        );
        assert_eq!(place.names().await, ["天宁区总工会", "红梅街道总工会"]);
    }
}

#[tokio::test]
async fn a_table_is_imported_once_and_read_back_unchanged() {
    for place in places().await {
        let app = &place.city.app;
        let union = code("81320400MC0000001");
        let table = format!(
            "工会名称,工会类型,上级工会,工会统一社会信用代码,工会主席,建会日期,所属行业,职工人数,联系电话\n\
             甲厂工会,基层工会,红梅街道总工会,{union},王芳,2009年6月1日,制造业,200,0519-86681234\n\
             一车间分工会,分工会（小组）,甲厂工会,,,,,,\n\
             一车间分工会,分工会（小组）,甲厂工会,,,,,,\n"
        );
        let id = place.check(ImportKind::Unions, &table).await.unwrap();
        imports::confirm(app, &place.reviewer, &id).await.unwrap();
        // A second click does nothing more.
        imports::confirm(app, &place.reviewer, &id).await.unwrap();
        assert_eq!(
            place.names().await,
            ["甲厂工会", "一车间分工会", "天宁区总工会", "红梅街道总工会"]
        );
        let again = place.fates(ImportKind::Unions, &table).await;
        assert_eq!(
            again
                .iter()
                .map(|(_, fate)| fate.as_str())
                .collect::<Vec<_>>(),
            ["不变", "不变", "同3"]
        );

        let export = exports::export(
            app,
            &place.reviewer,
            ImportKind::Unions,
            &place.district.id,
            None,
        )
        .await
        .unwrap();
        let id = imports::check(
            app,
            &place.reviewer,
            ImportKind::Unions,
            &place.district.id,
            "a.xlsx",
            export.bytes.into(),
        )
        .await
        .unwrap();
        let (import, _) = imports::find(app, &place.reviewer, &id).await.unwrap();
        assert_eq!(import.report.counts(), [0, 0, 3, 0, 0]);

        // By its code a union is known under another name; an empty cell keeps what is known.
        let table = format!("工会名称,工会统一社会信用代码,职工人数\n甲集团工会,{union},210\n");
        assert_eq!(
            place.fates(ImportKind::Unions, &table).await,
            [(2, "改工会名称、职工人数".to_owned())]
        );
        let moved =
            format!("工会名称,工会统一社会信用代码,上级工会\n甲厂工会,{union},天宁区总工会\n");
        assert_eq!(
            place.fates(ImportKind::Unions, &moved).await,
            [(2, "拒上级工会:登记的上级工会是“红梅街".to_owned())]
        );
        place.confirm(ImportKind::Unions, &table).await;
        let unit = units::list(
            app,
            &place.reviewer,
            UnitFilter {
                search: union,
                ..UnitFilter::default()
            },
            1,
        )
        .await
        .unwrap()
        .0;
        assert_eq!(
            (unit[0].name.as_str(), unit[0].workers),
            ("甲集团工会", Some(210))
        );
        let view = units::find(app, &place.reviewer, &unit[0].id)
            .await
            .unwrap();
        assert_eq!(view.unit.details.phone.as_deref(), Some("0519-86681234"));
        assert_eq!(
            view.head.map(|head| head.details.name),
            Some("王芳".to_owned())
        );
    }
}

#[tokio::test]
async fn people_are_imported_into_their_unions() {
    for place in places().await {
        place
            .confirm(
                ImportKind::Unions,
                "工会名称,上级工会\n甲厂工会,红梅街道总工会\n",
            )
            .await;
        let table = "姓名,所在工会,身份,电话\n王芳,甲厂工会,主席,13861012345\n李静,甲厂工会,工会主席,\n赵强,乙厂工会,基层工会工作者,\n";
        let fates = place.fates(ImportKind::People, table).await;
        let expect = [
            (2, "新".to_owned()),
            (3, "拒身份:现任工会主席登记的是“王".to_owned()),
            (4, "拒所在工会:在您管辖的范围内没有找到".to_owned()),
        ];
        assert_eq!(fates, expect);
        let table = "姓名,所在工会,身份,电话\n王芳,甲厂工会,主席,13861012345\n李静,甲厂工会,基层工会工作者,\n";
        place.confirm(ImportKind::People, table).await;
        let table =
            "姓名,所在工会,身份,职务\n王芳,甲厂工会,主席,\n李静,甲厂工会,基层工会工作者,组织委员\n";
        assert_eq!(
            place.fates(ImportKind::People, table).await,
            [(2, "不变".to_owned()), (3, "改职务".to_owned())]
        );
    }
}

#[tokio::test]
async fn what_changed_since_the_check_is_shown_again_before_it_is_imported() {
    for place in places().await {
        let app = &place.city.app;
        let table = "工会名称,上级工会,职工人数\n甲厂工会,红梅街道总工会,100\n";
        let first = place.check(ImportKind::Unions, table).await.unwrap();
        place.confirm(ImportKind::Unions, table).await;
        assert_eq!(
            key(imports::confirm(app, &place.reviewer, &first).await),
            "import/newly-checked"
        );
        let (import, _) = imports::find(app, &place.reviewer, &first).await.unwrap();
        assert_eq!(import.report.counts(), [0, 0, 1, 0, 0]);
    }
}

#[tokio::test]
async fn six_thousand_rows_are_imported_in_seconds() {
    for place in places().await {
        let app = &place.city.app;
        let mut table =
            "工会名称,上级工会,工会统一社会信用代码,单位名称,职工人数,会员人数,工会主席\n"
                .to_owned();
        for number in 0..6_000 {
            let code = code(&format!("81320400MC{number:07}"));
            table.push_str(&format!("常州第{number}机械有限公司工会,红梅街道总工会,{code},常州第{number}机械有限公司,200,190,王芳\n"));
        }
        let began = Instant::now();
        let id = place.check(ImportKind::Unions, &table).await.unwrap();
        let checked = began.elapsed();
        imports::confirm(app, &place.reviewer, &id).await.unwrap();
        let all = began.elapsed();
        eprintln!(
            "6000 rows on {:?}: checked {checked:?}, imported {all:?}",
            app.db.engine
        );
        // A busy machine and a build without optimisation are allowed much more than a release takes.
        assert!(all < Duration::from_secs(60), "{all:?}");
        let (_, total) = units::list(
            app,
            &place.reviewer,
            UnitFilter {
                kind: Some(UnitKind::Grassroots),
                ..UnitFilter::default()
            },
            1,
        )
        .await
        .unwrap();
        assert_eq!(total, 6_000);
        // The trail covers each of them, also where their digests were taken from what was inserted.
        let mut tx = app.db.read().await.unwrap();
        let compared = compare(&mut tx).await.unwrap();
        let of_import = ["unit", "unit_version", "person"];
        let differs = compared.differences.iter();
        let differs = differs.filter(|one| of_import.contains(&one.table));
        // The city of the test was made without a line.
        assert!(differs.count() < 100, "{:?}", compared.differences[0]);
        assert!(compared.rows > 18_000);
    }
}
