//! A table on its way through the pages: who is led to them, what the check shows, what is told once it is in.

use axum::http::StatusCode;
use jianjia_documents::sheet;
use jianjia_domain::{
    core::{place::UnitKind, policy::Role},
    register::credit_code::check_character,
};

use crate::site;

/// The title of the tab.
fn tab(body: &str) -> &str {
    let (_, rest) = body.split_once("<title>").expect("a title");
    rest.split("</title>").next().unwrap_or_default()
}

/// What the page shows of a row: its cells behind the result.
fn cells(body: &str, name: &str) -> Vec<String> {
    let (_, row) = body
        .split_once(&format!("<th scope=\"row\">{name}</th>"))
        .expect("the row");
    let (row, _) = row.split_once("</tr>").expect("its end");
    let cells = row.split("<td").skip(2);
    let said = |cell: &str| {
        let (_, said) = cell.split_once('>')?;
        Some(said.split("</td>").next()?.to_owned())
    };
    cells.filter_map(said).collect()
}

#[tokio::test]
async fn the_menu_leads_to_imports_those_who_may_import_and_nobody_else() {
    for site in site::both().await {
        let mut visitor = site.visitor();
        assert!(
            !visitor
                .get("/honours")
                .await
                .body
                .contains("href=\"/imports\"")
        );
        let mut may = Vec::new();
        for role in Role::ALL {
            for unit in [&site.city, &site.township, &site.union] {
                let name = format!("{}{}", unit.name, role.word());
                let mut client = site.sign_in_as(&name, &[(role, unit)]).await;
                let page = client.get("/honours").await;
                let (_, menu) = page.body.split_once("<nav class=\"menu\"").expect("a menu");
                let (menu, _) = menu.split_once("</nav>").expect("its end");
                let is_led = menu.contains("href=\"/imports\">导入</a>");
                let opened = client.get("/imports").await.status;
                assert_eq!(is_led, opened == StatusCode::OK, "{name}: {opened}");
                if is_led {
                    may.push((role, unit.kind));
                }
            }
        }
        let offices = [Role::Reviewer, Role::Approver, Role::Administrator];
        let kinds = [UnitKind::City, UnitKind::Township, UnitKind::Grassroots];
        let expect = offices
            .iter()
            .flat_map(|role| kinds.map(|kind| (*role, kind)));
        assert_eq!(may, expect.collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_check_of_an_import_shows_each_value_as_it_will_be_written() {
    for site in site::both().await {
        let mut admin = site
            .sign_in_as("区管理员", &[(Role::Administrator, &site.district)])
            .await;
        let unit = site.district.id.to_string();
        let fields = [("kind", "unions"), ("unit", unit.as_str())];
        let code = "81320400MC0000001";
        let code = format!("{code}{}", check_character(code).unwrap());
        let table = format!(
            "工会名称,工会类型,上级工会,工会统一社会信用代码,建会日期,职工人数,会员人数,联系电话,工会主席\n\
             甲厂工会,基层工会,红梅街道总工会,{},2009年6月1日,\"1,200\",一千一百人,０５１９－８６６８１２３４,王芳\n\
             乙厂工会,同上,同上,,2010/3/5,300,,,\n",
            code.to_lowercase()
        );
        let files = [("file", "名单.csv", table.as_bytes())];
        let import = admin.upload("/imports", &fields, &files).await.location();
        let page = admin.get(&import).await;
        assert_eq!(tab(&page.body), "2 行待确认导入 · 名单.csv · 建家");
        // The name stands before each row once.
        assert_eq!(page.body.matches("工会名称").count(), 0, "{}", page.text());
        let first = [
            "基层工会",
            "红梅街道总工会",
            &code,
            "2009-06-01",
            "1200",
            "1100",
            "0519-86681234",
            "王芳",
        ];
        assert_eq!(cells(&page.body, "甲厂工会"), first);
        let second = [
            "基层工会",
            "红梅街道总工会",
            "",
            "2010-03-05",
            "300",
            "",
            "",
            "",
        ];
        assert_eq!(cells(&page.body, "乙厂工会"), second);
        admin
            .post_form(&format!("{import}/confirmation"), &[])
            .await;
        // And so they are written.
        let kept = admin.get(&format!("/units/{unit}/exports/unions")).await;
        let kept = format!("{:?}", sheet::read_all(&kept.bytes, "unions.xlsx").unwrap());
        for value in first.into_iter().chain(second) {
            assert!(kept.contains(value), "{value}: {kept}");
        }
    }
}

#[tokio::test]
async fn after_an_import_the_page_says_what_happened_and_leads_to_the_list() {
    for site in site::both().await {
        let roles = [
            (Role::Administrator, &site.city),
            (Role::Reviewer, &site.city),
        ];
        let mut office = site.sign_in_as("市总", &roles).await;
        let unit = site.city.id.to_string();
        let register = format!("/units?under={unit}");
        let (divisions, roll) = (
            format!("/units/{unit}/exports/divisions"),
            format!("/honours?under={unit}"),
        );
        for (kind, table, done, tabs, (list, word)) in [
            (
                "divisions",
                "区划代码,上级区划代码,级别,名称\n320400,,市,常州市\n",
                "已导入行政区划：新登记 1 行，更新 0 行。",
                ["1 行待确认导入", "已导入 1 行"],
                (&*divisions, "下载行政区划表"),
            ),
            (
                "unions",
                "工会名称,上级工会,职工人数\n甲厂工会,红梅街道总工会,200\n乙厂工会,红梅街道总工会,很多\n长江纺织厂工会,红梅街道总工会,300\n",
                "已导入工会：新登记 1 行，更新 1 行。其余 1 行请下载改好再传。",
                ["1 行不能导入", "已导入 2 行"],
                (&register, "打开工会名册"),
            ),
            (
                "people",
                "姓名,所在工会,身份\n李静,长江纺织厂工会,工会主席\n",
                "已导入工会干部：新登记 1 行，更新 0 行。",
                ["1 行待确认导入", "已导入 1 行"],
                (&register, "打开工会名册"),
            ),
            (
                "sheets",
                "工会名称,年度,已办工会卡\n长江纺织厂工会,2016,200\n",
                "已导入年度表：新登记 1 行，更新 0 行。",
                ["1 行待确认导入", "已导入 1 行"],
                (&register, "打开工会名册"),
            ),
            (
                "titles",
                "持有单位,称号,级别,年度,命名日期\n长江纺织厂工会,模范职工之家,市级,2010,2010-05-01\n",
                "已导入已有称号：新登记 1 行，更新 0 行。",
                ["1 行待确认导入", "已导入 1 行"],
                (&roll, "打开光荣册"),
            ),
            (
                "vetoes",
                "单位工会,年度,情形,来源\n长江纺织厂工会,2016,V1,市人社局函\n",
                "已导入否决情形：新登记 1 行，更新 0 行。",
                ["1 行待确认导入", "已导入 1 行"],
                ("/vetoes", "打开否决登记"),
            ),
        ] {
            let fields = [("kind", kind), ("unit", unit.as_str())];
            let files = [("file", "表.csv", table.as_bytes())];
            let sent = office.upload("/imports", &fields, &files).await;
            let import = sent.location();
            assert!(import.starts_with("/imports/"), "{kind}: {}", sent.text());
            let page = office.get(&import).await;
            let told = format!("{} · 表.csv · 建家", tabs[0]);
            assert_eq!(tab(&page.body), told, "{kind}: {}", page.text());
            let link = format!("<a href=\"{list}\">{word}</a>");
            assert!(!page.body.contains(&link), "{kind}: nothing is in it yet");
            let good = [("rows", "good")];
            let rows = if kind == "unions" { &good[..] } else { &[] };
            let confirmation = format!("{import}/confirmation");
            let sent = office.post_form(&confirmation, rows).await;
            assert_eq!(sent.location(), import, "{kind}: {}", sent.text());
            let page = office.get(&import).await;
            assert!(page.text().contains(done), "{kind}: {}", page.text());
            assert_eq!(tab(&page.body), format!("{} · 表.csv · 建家", tabs[1]));
            assert!(page.text().starts_with("首页\n导入"), "{}", page.text());
            assert!(page.body.contains(&link), "{kind}: {}", page.body);
            assert_eq!(office.get(list).await.status, StatusCode::OK, "{list}");
            // Opened again it still says so, and what was told once is told no more.
            let page = office.get(&import).await;
            assert!(page.body.contains(&link), "{kind}: {}", page.body);
            assert!(!page.text().contains(done), "{kind}: {}", page.text());
        }
        // The same table once more: nothing is to be done.
        let fields = [("kind", "people"), ("unit", unit.as_str())];
        let table = "姓名,所在工会,身份\n李静,长江纺织厂工会,工会主席\n";
        let files = [("file", "表.csv", table.as_bytes())];
        let import = office.upload("/imports", &fields, &files).await.location();
        let page = office.get(&import).await;
        assert_eq!(tab(&page.body), "没有要导入的 · 表.csv · 建家");
    }
}
