//! Help: at the end of every page, the first-time tour of a chair, and the public page on how it works.

use std::path::Path;

use axum::http::StatusCode;
use jianjia_domain::core::{place::UnitPlace, policy::Role};
use jianjia_standard::load;
use jianjia_store::register::unit;
use jianjia_web::{
    help::clauses,
    routes::{self, Route},
    visit,
};
use jianjia_words::help::{self, About};

use crate::site::{self, TestSite, records::Records};

/// Addresses of files, which are no pages.
const FILES: [&str; 23] = [
    "/export",
    "/healthz",
    "/readyz",
    "/metrics",
    "/recount.csv",
    "/returned",
    "/{evidence}",
    "/copy",
    "/evidence/{place}",
    "/worker.js",
    "/received",
    "/photos/{hash}",
    "/photos/{photo}",
    "/small",
    "/templates/{kind}",
    "/exports/{kind}",
    "/file",
    "/papers/{file}",
    "/package.pdf",
    "/package.zip",
    "/sheet",
    "/jwks.json",
    "/status-list",
];

/// The addresses of pages.
fn pages() -> Vec<Route> {
    let mut routes = routes::all();
    routes.retain(|route| {
        route.method == "GET"
            && !route.path.starts_with("/api/")
            && !FILES.iter().any(|ending| route.path.ends_with(ending))
    });
    routes
}

/// Gives a federation a telephone number in the register.
async fn telephone(site: &TestSite, federation: &UnitPlace, number: &str) {
    let mut tx = site.app.db.write("telephone").await.expect("a transaction");
    let found = unit::find(&mut tx, &federation.id).await;
    let mut federation = found.expect("the register").expect("the federation");
    federation.details.phone = Some(number.to_owned());
    let is_kept = unit::change::update(&mut tx, &federation).await;
    assert!(is_kept.expect("written"));
    jianjia_demo::testing::keep(&site.app, tx).await;
}

#[tokio::test]
async fn every_page_helps_and_says_whom_to_ask() {
    let without: Vec<&str> = pages()
        .into_iter()
        .map(|route| route.path)
        .filter(|path| help::of(path).is_none())
        .collect();
    assert_eq!(without, Vec::<&str>::new());
    // Answers to a form that are pages of their own.
    for path in [
        "/reviews/preview",
        "/reviews/bulk",
        "/namings/{year}/{title}/preview",
        "/namings/{year}/{title}/confirmation",
        "/namings/{year}/{title}/rejection",
    ] {
        assert!(help::of(path).is_some(), "{path}");
    }
    for site in site::both().await {
        let text = site.visitor().get("/progress").await.text();
        assert!(
            text.contains("有问题请问：常州市总工会") && text.contains("点开数字可以看名单"),
            "{text}"
        );
        let mut clerk = site.sign_in_as("经办", &[(Role::Clerk, &site.union)]).await;
        let mut city = site
            .sign_in_as("管理", &[(Role::Administrator, &site.city)])
            .await;
        let text = clerk.get("/desk").await.text();
        assert!(text.contains("有问题请问：红梅街道总工会"), "{text}");
        // Help names no part that the page doesn't have today.
        assert!(!text.contains("等您办理"), "{text}");
        let text = city.get("/calendar").await.text();
        assert!(
            text.contains("有问题请问：常州市总工会") && text.contains("P6"),
            "{text}"
        );
        clerk.post_form("/settings", &[("language", "en")]).await;
        let text = clerk.get("/desk").await.text();
        assert!(
            text.contains("Each matter opens to show where it stands"),
            "{text}"
        );
    }
}

/// What a page stands on: each matter is one that the standards at hand have clauses on.
#[test]
fn the_clauses_that_help_names_are_there_in_the_standards() {
    for folder in ["changzhou-2016", "starter-2026"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards");
        let standard = load::folder(&root.join(folder)).expect("a standard");
        for page in help::all() {
            for about in &page.about {
                let found = clauses(&standard, &[*about]);
                assert!(!found.is_empty(), "{folder}: {:?}: {about:?}", page.paths);
            }
        }
        let calendar = clauses(&standard, &[About::Calendar, About::Calendar]);
        assert_eq!(calendar.len(), 1, "each once");
    }
}

/// A name without a number helps nobody: whoever gave one is named, on every page that opens, with the clauses that the page stands on.
#[tokio::test]
async fn every_page_that_opens_names_a_telephone_that_answers_and_its_clauses() {
    for site in site::both().await {
        telephone(&site, &site.district, "0519-86680001").await;
        telephone(&site, &site.city, "0519-86680000").await;
        let records = Records::of_the_union(&site).await;
        let roles = [
            (Role::Chair, &site.union),
            (Role::Clerk, &site.union),
            (Role::Reviewer, &site.township),
            (Role::Approver, &site.district),
            (Role::Approver, &site.city),
            (Role::Administrator, &site.city),
            (Role::Auditor, &site.city),
        ];
        let mut everybody = site.sign_in_as("多面手", &roles).await;
        let mut looked_at = 0;
        for route in pages() {
            // Those of voting know nobody; the start page says whom to ask in its own words.
            let address = records.address(&route);
            let is_nameless = visit::is_nameless(&address);
            let page = everybody.get(&address).await;
            let is_page = page.header("content-type").starts_with("text/html");
            if page.status != StatusCode::OK || !is_page || is_nameless {
                continue;
            }
            looked_at += 1;
            let told = "href=\"tel:0519-8668000";
            assert!(page.body.contains(told), "{address}: {}", page.text());
            if route.path == "/" {
                continue;
            }
            assert!(page.body.contains("<section class=\"help\""), "{address}");
            let about = help::of(route.path).map_or(&[][..], |found| found.about.as_slice());
            assert_eq!(
                page.body.contains("<summary>标准原文</summary><p><b>"),
                !about.is_empty(),
                "{address}"
            );
        }
        assert!(looked_at > 50, "{looked_at}");
        // The township gave none: its district's.
        let mut clerk = site.sign_in_as("经办", &[(Role::Clerk, &site.union)]).await;
        let text = clerk.get("/desk").await.text();
        let told = "有问题请问：天宁区总工会，电话\n0519-86680001";
        assert!(text.contains(told), "{text}");
        // Nobody yet: the city.
        let page = site.visitor().get("/sign-in").await;
        assert!(
            page.body.contains("href=\"tel:0519-86680000\""),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn a_chair_reads_three_sentences_puts_them_away_for_good_and_brings_them_back() {
    for site in site::both().await {
        let chairs = [(Role::Chair, &site.union)];
        let actor = site.city_of_tests.actor("陈主席", &chairs).await;
        let mut chair = site.client_of(&actor).await;
        let home = format!("/units/{}/home", site.union.id);
        let shown = "第一次来？记住三句话";
        let tour = [
            shown,
            "先把 2016 年的情况填进年度表：照实填，不知道的先空着，以后再补。",
            "去填年度表",
            "再请会员投票测评：从准备到签字一般要 14 天。",
            "组织测评",
            "最后申报：2016年10月31日截止，还有 11 天，由主席提交。",
            "去看能申报什么",
            "知道了，以后不再显示",
        ];
        for page in ["/desk", &home] {
            let text = chair.get(page).await.text();
            assert!(text.contains(&tour.join("\n")), "{page}: {text}");
            assert!(!text.contains("再看一遍"), "{page}: {text}");
        }
        // It comes back to the page that it was put away on.
        let done = chair.post_form("/tour", &[("shown", "no")]).await;
        assert_eq!(done.location(), home);
        // Kept by the server: on another device, too.
        let mut elsewhere = site.client_of(&actor).await;
        for page in ["/desk", &home] {
            let text = elsewhere.get(page).await.text();
            assert!(!text.contains(shown), "{page}: {text}");
            assert!(text.contains("再看一遍“三句话”"), "{page}: {text}");
        }
        elsewhere.post_form("/tour", &[("shown", "yes")]).await;
        assert!(chair.get("/desk").await.text().contains(shown));
        // Another union's home has none, and nobody else sees it.
        for (role, unit) in [(Role::Clerk, &site.union), (Role::Approver, &site.township)] {
            let mut other = site.sign_in_as("别人", &[(role, unit)]).await;
            for page in ["/desk", &home] {
                let text = other.get(page).await.text();
                assert!(!text.contains("三句话"), "{role:?} {page}: {text}");
            }
        }
    }
}

/// The days are the standard's, moved by the city or not, and not written in the code.
#[tokio::test]
async fn the_tour_says_by_when_to_begin_and_when_the_next_time_is() {
    for site in site::both().await {
        let chairs = [(Role::Chair, &site.union)];
        for (month, day, words) in [
            (9, 1, "一般要 14 天，最晚2016年10月17日开始准备。"),
            (
                9,
                1,
                "最后申报：从2016年10月1日到2016年10月31日，由主席提交。",
            ),
            (
                11,
                8,
                "今年的申报期2016年10月31日已经结束，下一次在明年（十月）",
            ),
        ] {
            site.app.clock.set(jiff::civil::date(2016, month, day));
            let mut chair = site.sign_in_as("陈主席", &chairs).await;
            let text = chair.get("/desk").await.text();
            assert!(text.contains(words), "{month}-{day}: {text}");
        }
    }
}

#[tokio::test]
async fn how_it_works_tells_everybody_in_the_words_of_the_standard() {
    for site in site::both().await {
        let mut visitor = site.visitor();
        let start = visitor.get("/").await;
        assert_eq!(start.body.matches("href=\"/how-it-works\"").count(), 2);
        let page = visitor.get("/how-it-works").await;
        assert_eq!(page.status, StatusCode::OK);
        let text = page.text();
        for title in &site.app.in_force().titles {
            assert!(text.contains(&title.name.zh), "{}: {text}", title.name.zh);
        }
        for words in [
            "先要获得模范职工之家",
            "每一项选一个：满意、基本满意、不满意。",
            "由 3 至 7 人的工作小组主持（党组织、工会、会员代表都要有人）",
            "要两位一起才能开",
            "不到 5 张票的结果不公布",
            "由辖市区、产业局公司工会审核，市总工会抽查",
            "信赖称号由市总工会命名",
            "当年不得申报三个信赖称号：",
            "每年十月申报、十一月审核、次年表彰",
            "2016 年：申报2016年10月1日至2016年10月31日",
            "写信给我们",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        visitor.post_form("/settings", &[("language", "en")]).await;
        let text = visitor.get("/how-it-works").await.text();
        for words in [
            "Must hold first: Model home",
            "two of whom open it together",
            "Every year: applications in October",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        // After its last year the programme is still told, without days of a year that it doesn't have.
        site.app.clock.set(jiff::civil::date(2021, 3, 1));
        let page = site.visitor().get("/how-it-works").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert!(!page.text().contains("2021 年："), "{}", page.text());
    }
}
