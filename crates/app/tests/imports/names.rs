//! Names and codes as offices write them.

use jianjia_app::{core::app::App, exchange::import::machine};
use jianjia_demo::testing::both;
use jianjia_domain::{
    core::place::UnitKind,
    exchange::import::{ImportKind, fate::Outcome},
};

use crate::TODAY;

const UNION: &str = "常州天宁（某某）精密机械有限公司工会";

/// Spellings of one union, as offices send them.
const SPELLINGS: [&str; 9] = [
    "常州天宁(某某)精密机械有限公司工会",
    "常州天宁（某某）精密机械有限公司工会委员会",
    "常州天宁（某某） 精密机械有限公司工会",
    "常州天宁（某某）精密机械有限公司⼯会",
    "常州天宁（某某）精密机械有限公司工\u{200b}会",
    "\u{200b}常州天宁（某某）精密机械有限公司工会",
    "常州天宁（某某）精密机械有限公司工会。",
    "常州天宁（某某）精密機械有限公司工會",
    "常州天宁〔某某〕精密机械有限公司工会",
];

async fn fates(app: &App, kind: ImportKind, table: &str, only_look: bool) -> Vec<String> {
    let report = machine::at_the_machine(app, kind, "t.csv", table.as_bytes(), only_look).await;
    let report = report.expect("the table can be read");
    report.rows.iter().map(|row| short(&row.outcome)).collect()
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused { reasons } => {
            let sentences = reasons.iter().map(|reason| reason.sentence.zh.clone());
            sentences.collect::<Vec<_>>().join(" ")
        }
        Outcome::Duplicate { of_row, .. } => format!("as {of_row}"),
        Outcome::New => "new".to_owned(),
        Outcome::Changed { .. } => "changed".to_owned(),
        Outcome::Unchanged => "unchanged".to_owned(),
    }
}

#[tokio::test]
async fn spellings_of_one_union_are_one_union_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Township, "天宁街道总工会")
            .await;
        let app = &city.app;
        let table = |rows: &[&str]| {
            let rows: Vec<String> = rows
                .iter()
                .map(|name| format!("{name},基层工会,天宁街道总工会\n"))
                .collect();
            format!("工会名称,工会类型,上级工会\n{}", rows.concat())
        };
        assert_eq!(
            fates(app, ImportKind::Unions, &table(&[UNION]), false).await,
            ["new"]
        );
        let again = fates(app, ImportKind::Unions, &table(&SPELLINGS), true).await;
        assert_eq!(again[0], "unchanged");
        assert!(again[1..].iter().all(|fate| fate == "as 2"), "{again:?}");
        let near = fates(
            app,
            ImportKind::Unions,
            &table(&[
                "江苏省常州市天宁（某某）精密机械有限公司工会",
                "常州天宁（某某）精蜜机械有限公司工会",
                "常州天宁另一个有限公司工会",
            ]),
            true,
        )
        .await;
        assert!(
            near[0].contains("是不是“常州天宁（某某）精密机械有限公司工会”"),
            "{near:?}"
        );
        assert!(
            near[1].contains("是不是“常州天宁（某某）精密机械有限公司工会”"),
            "{near:?}"
        );
        assert_eq!(near[2], "new");
        let named = "工会名称,工会类型,上级工会,确为新工会\n常州天宁（某某）精蜜机械有限公司工会,基层工会,天宁街道总工会,是\n";
        assert_eq!(fates(app, ImportKind::Unions, named, true).await, ["new"]);
        // Titles find it by each spelling, and by its employer's name.
        let rows: Vec<String> = SPELLINGS
            .iter()
            .chain(&["常州天宁（某某）精密机械有限公司"])
            .map(|name| format!("{name},模范职工之家,市级,2014\n"))
            .collect();
        let titles = format!("持有单位,称号,级别,年度\n{}", rows.concat());
        let found = fates(app, ImportKind::Titles, &titles, true).await;
        assert_eq!(found[0], "new");
        assert!(found[1..9].iter().all(|fate| fate == "as 2"), "{found:?}");
        let people = "姓名,所在工会,身份\n张三、李四,天宁街道总工会,主席\n王五,天宁街道工会,干部\n赵六,没有这个,干部\n";
        let people = fates(app, ImportKind::People, people, true).await;
        assert!(
            people[0].contains("一格里填了 2 个人（张三、李四）"),
            "{people:?}"
        );
        assert!(people[2].contains("没有找到工会“没有这个”"), "{people:?}");
    }
}

#[tokio::test]
async fn a_veto_finds_the_union_by_its_employer_and_reads_the_clause_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Township, "天宁街道总工会")
            .await;
        let app = &city.app;
        let union = "工会名称,工会类型,上级工会,单位名称,单位统一社会信用代码\n常州安禾轨道交通配件有限公司工会,基层工会,天宁街道总工会,常州安禾轨道交通配件有限公司,91440300708461136T\n";
        assert_eq!(fates(app, ImportKind::Unions, union, false).await, ["new"]);
        let vetoes = "单位工会,年度,情形,来源\n\
            常州安禾轨道交通配件有限公司,2016,V1,市人社局函\n\
            91440300708461136T,2016年度,拖欠工资,市人社局函\n\
            常州安禾轨道交通配件有限公司工会,2016,Ｖ４,市总工会\n\
            常州安禾轨道交通配件有限公司工会,2016年,V2 欠缴社会保险,市人社局函\n\
            常州安禾轨道交通配件有限公司工会,2016,V1 欠缴社会保险,市人社局函\n";
        let found = fates(app, ImportKind::Vetoes, vetoes, true).await;
        assert_eq!(found[0], "new");
        assert!(!found[1].contains("没有找到"), "{found:?}");
        assert_eq!((&*found[2], &*found[3]), ("new", "new"));
        assert_ne!(found[4], "new");
        // The words of the standard, and no others.
        for (clause, expect) in [
            ("拖欠农民工工资", "new"),
            ("欠薪", "new"),
            ("V1 拖欠农民工工资", "new"),
            ("V1：欠薪", "new"),
            ("欠缴社保", "new"),
            ("V1 欠缴社保", "请从这些当中选一项：V1 拖欠工资、"),
            ("拖欠货款", "请从这些当中选一项：V1 拖欠工资、"),
            ("拖欠农民工工资若干", "V11 群访和群体性事件。"),
        ] {
            let table = format!(
                "单位工会,年度,情形,来源\n常州安禾轨道交通配件有限公司工会,2016,{clause},市人社局函\n"
            );
            let found = fates(app, ImportKind::Vetoes, &table, true).await;
            assert!(found[0].contains(expect), "{clause}: {found:?}");
        }
    }
}

#[tokio::test]
async fn a_title_as_printed_says_its_level_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Grassroots, "常州某厂工会")
            .await;
        let titles = "持有单位,称号,级别,年度\n\
            常州某厂工会,市模范职工之家,市级,2013\n\
            常州某厂工会,全国模范职工之家,,2012\n\
            常州某厂工会,全国模范职工之家,全国,2011\n\
            常州某厂工会,江苏省模范职工之家,省级,2010\n\
            常州某厂工会,模范职工之家,省部级,2008\n\
            常州某厂工会,模范职工之家,地市级,2006年\n\
            常州某厂工会,模范职工之家,市,2005年度\n\
            常州某厂工会,全国模范职工之家,市级,2004\n";
        let found = fates(&city.app, ImportKind::Titles, titles, true).await;
        assert!(found[..7].iter().all(|fate| fate == "new"), "{found:?}");
        assert!(found[7].contains("请核对证书"), "{found:?}");
    }
}

#[tokio::test]
async fn other_numbers_than_credit_codes_are_told_as_what_they_are_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Township, "天宁街道总工会")
            .await;
        let table = "工会名称,工会类型,上级工会,单位统一社会信用代码\n\
            常州身份证厂工会,基层工会,天宁街道总工会,329999198105178009\n\
            常州十五位厂工会,基层工会,天宁街道总工会,320400000012345\n\
            常州组织机构代码厂工会,基层工会,天宁街道总工会,12345678-9\n";
        let found = fates(&city.app, ImportKind::Unions, table, true).await;
        assert!(
            found[0].contains("身份证号码") && !found[0].contains("329999"),
            "{found:?}"
        );
        assert!(found[1].contains("15 位的旧营业执照注册号"), "{found:?}");
        assert!(found[2].contains("9 位的组织机构代码"), "{found:?}");
    }
}

#[tokio::test]
async fn a_veto_falls_only_on_whom_name_and_code_both_mean_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Township, "天宁街道总工会")
            .await;
        let app = &city.app;
        let unions = "工会名称,上级工会,单位名称,单位统一社会信用代码\n\
            常州安禾轨道交通配件有限公司工会,天宁街道总工会,常州安禾轨道交通配件有限公司,91440300708461136T\n\
            常州恒远机械有限公司工会,天宁街道总工会,常州恒远机械有限公司,\n";
        fates(app, ImportKind::Unions, unions, false).await;
        let vetoes = "单位工会,统一社会信用代码,年度,情形,来源\n\
            别的公司,91440300708461136T,2016,V1,市人社局函\n\
            常州恒远机械有限公司,91440300708461136T,2016,V1,市人社局函\n\
            常州安禾轨道交通配件有限公司,913204022000693449,2016,V1,市人社局函\n\
            常州安禾轨道交通配件公司,91440300708461136T,2016,V1,市人社局函\n\
            ,91440300708461136T,2016,V2,市人社局函\n\
            常州恒远机械有限公司,913204022000693449,2016,V1,市人社局函\n\
            安禾轨道,91440300708461136T,2016,V3,市人社局函\n";
        let report =
            machine::at_the_machine(app, ImportKind::Vetoes, "t.csv", vetoes.as_bytes(), true)
                .await
                .unwrap();
        let found: Vec<String> = report.rows.iter().map(|row| short(&row.outcome)).collect();
        for (row, named) in [
            (0, "别的公司"),
            (1, "（名册里的“常州恒远机械有限公司工会”）"),
            (6, "安禾轨道"),
        ] {
            assert!(found[row].contains("说的不是同一个单位"), "{found:?}");
            assert!(
                found[row].contains(named)
                    && found[row].contains("“常州安禾轨道交通配件有限公司工会”"),
                "{found:?}"
            );
        }
        assert!(
            found[2].contains("它登记的是 91440300708461136T"),
            "{found:?}"
        );
        assert_eq!([&*found[3], &*found[4], &*found[5]], ["new"; 3]);
        // Whom it falls on is told as registered.
        for row in [3, 4] {
            assert_eq!(report.rows[row].name, "常州安禾轨道交通配件有限公司工会");
        }
    }
}

#[tokio::test]
async fn a_title_is_its_holders_and_empty_cells_are_told_as_empty_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Grassroots, "常州某厂工会")
            .await;
        let app = &city.app;
        let titles = "持有单位,个人,称号,级别,年度\n\
            常州某厂工会,张三,模范职工之家,市级,2013\n\
            常州某厂工会,,模范职工之家,,2013\n\
            常州某厂工会,,模范职工之家,市级,\n\
            常州某厂工会,,优秀工会工作者,市级,2013\n\
            常州某厂工会,不存在,优秀工会工作者,市级,2013\n\
            常州某厂工会,,市级模范职工之家,,2012\n\
            常州某厂工会,,国家级模范职工之家,,2011\n\
            常州某厂工会,,江苏省常州市模范职工之家,市级,2010\n\
            常州某厂工会,,天宁区模范职工之家,,2009\n\
            常州某厂工会,,江苏省常州市天宁区模范职工之家,县级,2008\n\
            常州某厂工会,,天宁区模范职工之家,市级,2007\n";
        let found = fates(app, ImportKind::Titles, titles, true).await;
        for (row, part) in [
            (0, "是授予单位的称号，“个人”一栏却填了“张三”"),
            (1, "这一格空着。请填："),
            (2, "年度空着"),
            (3, "“个人”一栏空着"),
            (4, "名册里这个工会没有“不存在”。"),
            (10, "请核对证书"),
        ] {
            assert!(found[row].contains(part), "{part}: {found:?}");
        }
        assert!(found.iter().all(|fate| !fate.contains("“”")), "{found:?}");
        assert!(found[5..10].iter().all(|fate| fate == "new"), "{found:?}");
    }
}

#[tokio::test]
async fn a_name_that_is_none_or_several_is_refused_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Township, "天宁街道总工会")
            .await;
        let app = &city.app;
        let mut people = "姓名,所在工会,身份\n".to_owned();
        let names = [
            ("张三 李四", "一格里填了 2 个人（张三、李四）"),
            ("\"张三\n李四\"", "一格里填了 2 个人（张三、李四）"),
            ("张三13800001111", "不像一个人的姓名"),
            ("张三等", "不像一个人的姓名"),
            ("1", "不像一个人的姓名"),
            ("？", "不像一个人的姓名"),
            ("张三1", "不像一个人的姓名"),
            ("王 芳", "new"),
        ];
        for (name, _) in names {
            people.push_str(&format!("{name},天宁街道总工会,工会机关干部\n"));
        }
        let found = fates(app, ImportKind::People, &people, true).await;
        for ((name, part), fate) in names.iter().zip(&found) {
            assert!(fate.contains(part), "{name}: {fate}");
        }
        let unions = "工会名称,上级工会,工会主席\n\
            常州文本一厂工会,天宁街道总工会,周八 吴九\n\
            常州文本二厂工会,天宁街道总工会,周八 13800000000\n\
            ?,天宁街道总工会,\n\
            123,天宁街道总工会,\n\
            工会,天宁街道总工会,\n\
            甲厂工会、乙厂工会,天宁街道总工会,\n\
            常州文本三厂工会,天宁街道总工会,周八\n";
        let found = fates(app, ImportKind::Unions, unions, true).await;
        for (row, part) in [
            (0, "一格里填了 2 个人（周八、吴九）"),
            (1, "不像一个人的姓名"),
            (2, "“?”不像工会的名称"),
            (3, "“123”不像工会的名称"),
            (4, "“工会”不像工会的名称"),
            (5, "一格里填了 2 个工会（甲厂工会；乙厂工会）"),
            (6, "new"),
        ] {
            assert!(found[row].contains(part), "{part}: {found:?}");
        }
    }
}

#[tokio::test]
async fn near_and_same_names_within_a_table_are_asked_about_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        for street in ["天宁街道总工会", "红梅街道总工会"] {
            city.unit(Some(&root), UnitKind::Township, street).await;
        }
        let app = &city.app;
        let unions = "工会名称,工会类型,上级工会,确为新工会\n\
            常州新月电子有限公司工会,基层工会,天宁街道总工会,\n\
            常州市新月电子有限公司工会,基层工会,天宁街道总工会,\n\
            常州新月电于有限公司工会,基层工会,天宁街道总工会,\n\
            常州新月电子有限公司工会,基层工会,红梅街道总工会,\n\
            常州新月（某某）电子有限公司工会,基层工会,天宁街道总工会,\n\
            常州新月电子股份有限公司工会,基层工会,天宁街道总工会,是\n\
            第一车间分工会,分工会（小组）,常州新月电子股份有限公司工会,\n\
            常州第一中学工会,基层工会,天宁街道总工会,\n\
            常州第二中学工会,基层工会,天宁街道总工会,\n";
        let found = fates(app, ImportKind::Unions, unions, true).await;
        let asked = "与第 2 行的“常州新月电子有限公司工会”名称相同或相近";
        for row in 1..5 {
            assert!(found[row].contains(asked), "{row}: {found:?}");
        }
        for row in [0, 5, 6, 7, 8] {
            assert_eq!(found[row], "new", "{row}: {found:?}");
        }
        // The same name as a registered one: where that stands, and what the row says, is told.
        let first = "工会名称,工会类型,上级工会\n\
            常州新月电子有限公司工会,基层工会,天宁街道总工会\n\
            江苏常州新月电子有限公司第四厂工会,基层工会,天宁街道总工会\n";
        fates(app, ImportKind::Unions, first, false).await;
        let again = "工会名称,工会类型,上级工会\n\
            常州新月电子有限公司工会,基层工会,红梅街道总工会\n\
            常州新月电子有限责任公司工会,基层工会,天宁街道总工会\n";
        let found = fates(app, ImportKind::Unions, again, true).await;
        let same = "上级是“天宁街道总工会”）；这一行";
        assert!(
            found[0].contains(&format!("{same}的上级工会是“红梅街道总工会”")),
            "{found:?}"
        );
        assert!(
            found[1].contains("是不是“常州新月电子有限公司工会”"),
            "{found:?}"
        );
        let bare = "工会名称,工会类型\n常州新月电子有限公司工会,基层工会\n";
        let found = fates(app, ImportKind::Unions, bare, true).await;
        assert!(
            found[0].contains(&format!("{same}没有填上级工会")),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn a_code_of_quite_another_name_is_no_silent_renaming_on_both_engines() {
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        city.unit(Some(&root), UnitKind::Township, "天宁街道总工会")
            .await;
        let app = &city.app;
        let code = crate::code("81320400MC0000001");
        let first = format!(
            "工会名称,上级工会,工会统一社会信用代码\n常州恒远机械有限公司工会,天宁街道总工会,{code}\n"
        );
        fates(app, ImportKind::Unions, &first, false).await;
        let table = |second: &str, third: &str| {
            format!(
                "工会名称,上级工会,工会统一社会信用代码,确为更名\n\
                 {second},天宁街道总工会,{code},\n\
                 {third},天宁街道总工会,{code},是\n"
            )
        };
        let two = table("常州同码一厂工会", "常州同码二厂工会");
        let found = fates(app, ImportKind::Unions, &two, true).await;
        assert!(
            found[0].contains("这个代码登记的是“常州恒远机械有限公司工会”")
                && found[0].contains("“常州同码一厂工会”"),
            "{found:?}"
        );
        assert!(!found[1].starts_with("as "), "{found:?}");
        let same = table("常州恒远机械有限公司工会", "常州同码二厂工会");
        let found = fates(app, ImportKind::Unions, &same, true).await;
        assert_eq!(found[0], "unchanged");
        assert!(found[1].contains("与第 2 行说的是同一个"), "{found:?}");
        let renamed =
            format!("工会名称,工会统一社会信用代码,确为更名\n常州同码二厂工会,{code},是\n");
        assert_eq!(
            fates(app, ImportKind::Unions, &renamed, true).await,
            ["changed"]
        );
        let spelled =
            format!("工会名称,工会统一社会信用代码\n常州恒远机械股份有限公司工会,{code}\n");
        assert_eq!(
            fates(app, ImportKind::Unions, &spelled, true).await,
            ["changed"]
        );
    }
}
