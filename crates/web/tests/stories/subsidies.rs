//! Subsidies on the pages: a base is typed, the year is previewed and reckoned, the village reads its sum, and the public nothing of it.

use axum::http::StatusCode;
use jianjia_documents::sheet;
use jianjia_domain::core::{
    place::{UnitKind, UnitPlace},
    policy::Role,
};

use jianjia_store::register::unit;

use crate::site::{self, Page, TestSite};

async fn village(site: &TestSite) -> UnitPlace {
    let make = &site.city_of_tests;
    let upper = Some(&site.township);
    let village = make
        .unit(upper, UnitKind::Village, "翠竹村工会联合会")
        .await;
    let mut tx = site.app.db.write("test").await.unwrap();
    let mut record = unit::find(&mut tx, &village.id).await.unwrap().unwrap();
    "320402004001".clone_into(&mut record.details.division);
    assert!(unit::change::update(&mut tx, &record).await.unwrap());
    jianjia_demo::testing::keep(&site.app, tx).await;
    village
}

/// What the form of a preview carries.
fn seen(page: &Page) -> String {
    let (_, rest) = page.body.split_once("name=\"seen\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn the_city_types_a_base_reckons_the_year_and_the_village_reads_its_sum() {
    for site in site::both().await {
        let village = village(&site).await;
        let mut leader = site
            .sign_in_as("市审批", &[(Role::Approver, &site.city)])
            .await;
        let empty = leader.get("/subsidies/2016").await;
        assert!(empty.text().contains("还没有核定"), "{}", empty.text());
        let bases = leader.get("/subsidies/2016/bases").await;
        for words in ["翠竹村工会联合会", "1 个单位还没有登记基数"] {
            assert!(bases.text().contains(words), "{words}: {}", bases.text());
        }
        let own = format!("/units/{}/subsidy", village.id);
        let form = leader.get(&format!("{own}?year=2016")).await;
        assert!(
            form.text().contains("登记 2016 年的基数"),
            "{}",
            form.text()
        );
        let to = format!("{own}/base");
        let typed = |amount: &'static str, seen: &'static str| {
            let note = ("note", "常工发〔2016〕8号");
            [("year", "2016"), ("amount", amount), note, ("seen", seen)]
        };
        let wrong = leader.post_form(&to, &typed("一万", "0")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("“一万”不是金额"), "{}", wrong.text());
        assert!(
            wrong.body.contains("value=\"一万\""),
            "what was typed is kept"
        );
        let done = leader.post_form(&to, &typed("10,000", "0")).await;
        assert_eq!(
            (done.status, done.location()),
            (StatusCode::SEE_OTHER, own.clone())
        );
        // Sent twice it is recorded once; somebody who saw none of it is told.
        let again = leader.post_form(&to, &typed("10,000", "0")).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let stale = leader.post_form(&to, &typed("12,000", "0")).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            stale.body.contains("value=\"12,000\""),
            "what was typed is kept"
        );

        let address = "/subsidies/2016/reckoning";
        let preview = leader.get(address).await;
        for words in ["翠竹村工会联合会", "10,000.00", "核定 1 个单位的补贴"] {
            assert!(
                preview.text().contains(words),
                "{words}: {}",
                preview.text()
            );
        }
        let other = leader.post_form(address, &[("seen", "another")]).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
        let seen = seen(&preview);
        for _ in 0..2 {
            let done = leader.post_form(address, &[("seen", &seen)]).await;
            assert_eq!(done.location(), "/subsidies/2016", "{}", done.text());
        }
        let list = leader.get("/subsidies/2016?effect=plain&scheme=city").await;
        for words in ["翠竹村工会联合会", "10,000.00", "第 1 次核定"] {
            assert!(list.text().contains(words), "{words}: {}", list.text());
        }
        let narrowed = leader.get("/subsidies/2016?effect=cut").await;
        assert!(narrowed.text().contains("没有找到"), "{}", narrowed.text());
        let table = leader.get("/subsidies/2016/export?format=xlsx").await;
        let read = sheet::read_all(&table.bytes, "table.xlsx").unwrap().visible;
        let cells = &read[0].rows[1].cells;
        assert_eq!(
            (cells[0].as_str(), cells[5].as_str()),
            ("翠竹村工会联合会", "10000")
        );
        let nothing = leader.get(address).await;
        assert!(nothing.text().contains("没有变化"), "{}", nothing.text());

        let mut chair = site.sign_in_as("村主席", &[(Role::Chair, &village)]).await;
        let page = chair.get(&own).await;
        for words in ["10,000.00", "2016 年", "信赖职工之家从命名的次年起上浮40%"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(!page.text().contains("更正基数"));
        let home = chair.get(&format!("/units/{}/home", village.id)).await;
        assert!(home.body.contains(&own), "its home leads to it");
        let refused = chair.post_form(&to, &typed("99999", "1")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut neighbour = site
            .sign_in_as("厂主席", &[(Role::Chair, &site.neighbour)])
            .await;
        assert_eq!(neighbour.get(&own).await.status, StatusCode::NOT_FOUND);
        let others = neighbour.get("/subsidies/2016").await;
        assert!(!others.text().contains("翠竹村"), "{}", others.text());
        let visitor = site.visitor().get("/subsidies/2016").await;
        assert!(visitor.location().starts_with("/sign-in"));
    }
}

#[tokio::test]
async fn a_grant_that_differs_from_what_is_reckoned_now_stands_with_both_amounts_and_goes_out() {
    for site in site::both().await {
        let village = village(&site).await;
        let mut leader = site
            .sign_in_as("市审批", &[(Role::Approver, &site.city)])
            .await;
        let base = format!("/units/{}/subsidy/base", village.id);
        let reckoning = "/subsidies/2016/reckoning";
        for (amount, seen_base, reason) in [("10,000", "0", ""), ("12,000", "1", "更正基数")] {
            let note = ("note", "常工发〔2016〕8号");
            let typed = [
                ("year", "2016"),
                ("amount", amount),
                note,
                ("seen", seen_base),
            ];
            let recorded = leader.post_form(&base, &typed).await;
            assert_eq!(
                recorded.status,
                StatusCode::SEE_OTHER,
                "{}",
                recorded.text()
            );
            let seen = seen(&leader.get(reckoning).await);
            let sent = [("seen", seen.as_str()), ("reason", reason)];
            let done = leader.post_form(reckoning, &sent).await;
            assert_eq!(done.location(), "/subsidies/2016", "{}", done.text());
            if reason.is_empty() {
                let list = leader.post_form("/money/2016/grants/subsidies", &[]).await;
                let confirmation = format!("{}/confirmation", list.location());
                let done = leader.post_form(&confirmation, &[("revision", "1")]).await;
                assert_eq!(done.location(), "/money/2016/grants", "{}", done.text());
                let same = leader.get("/subsidies/2016?granted=differs").await;
                assert!(same.text().contains("没有找到"), "{}", same.text());
            }
        }
        let list = leader.get("/subsidies/2016?granted=differs").await;
        for words in [
            "翠竹村工会联合会",
            "10,000.00",
            "12,000.00",
            "少下达 2,000.00",
            "少下达合计（元）\n2,000.00（1 个单位）",
            "多下达合计（元）\n0.00（0 个单位）",
        ] {
            assert!(list.text().contains(words), "{words}: {}", list.text());
        }
        let file = "/subsidies/2016/export?granted=differs&format=xlsx";
        let table = leader.get(file).await;
        let read = sheet::read_all(&table.bytes, "table.xlsx").unwrap().visible;
        let rows = read[0].rows.iter();
        let amounts: Vec<&[String]> = rows.map(|row| &row.cells[3..6]).collect();
        assert_eq!(
            amounts,
            [["已下达", "现在核定", "差额"], ["10000", "12000", "2000"]]
        );
        let mut chair = site.sign_in_as("村主席", &[(Role::Chair, &village)]).await;
        let own = chair.get("/subsidies/2016").await;
        assert!(!own.body.contains("name=\"granted\""), "{}", own.text());
        for asked in ["/subsidies/2016?granted=differs", file] {
            assert_eq!(
                chair.get(asked).await.status,
                StatusCode::FORBIDDEN,
                "{asked}"
            );
        }
    }
}
