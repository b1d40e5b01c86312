//! What may be applied for, what a veto leaves to do, and the reviewer's desk.

use axum::http::StatusCode;
use jianjia_demo::testing::{fixtures::yes_to_all, story::months};
use jianjia_domain::{core::policy::Role, year::totals::RatingTotals};
use jiff::civil::date;

use crate::site::{self, Client, TestSite};

/// The union meets what a qualified home asks.
async fn qualified(site: &TestSite) {
    let (city, union) = (&site.city_of_tests, &site.union);
    let figures = [
        ("workers", 200),
        ("members", 190),
        ("cards_issued", 190),
        ("cards_used", 190),
    ];
    let answers = yes_to_all(site.app.in_force(), "qualified-home", &figures);
    city.said(union, None, 2016, &answers).await;
    city.activities(union, &months(date(2015, 10, 8), 12)).await;
    city.election(union, date(2014, 5, 20), 5, "").await;
    let rated = RatingTotals::of(
        190,
        [
            ("satisfied", 150),
            ("basically_satisfied", 20),
            ("dissatisfied", 5),
            ("void", 0),
        ],
    );
    city.rated(union, 2016, rated).await;
}

/// Drafts and hands in; gives the application's address.
async fn hand_in(site: &TestSite, chair: &mut Client) -> String {
    let list = format!("/units/{}/applications", site.union.id);
    let form = [
        ("year", "2016"),
        ("title", "qualified-home"),
        ("request_key", "d"),
    ];
    let address = chair.post_form(&list, &form).await.location();
    let submission = format!("{address}/submission");
    let sent = chair
        .post_form(&submission, &[("revision", "1"), ("request_key", "s")])
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    address
}

#[tokio::test]
async fn a_vetoed_union_reads_which_veto_until_when_and_what_can_be_done() {
    for site in site::both().await {
        site.city_of_tests
            .vetoed(&site.union, 2016, "V1", "区人社局通报")
            .await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair
            .get(&format!("/units/{}/applications", site.union.id))
            .await;
        let (_, card) = page.body.split_once("<h3>信赖职工之家").expect("the card");
        let (card, _) = card.split_once("</section>").expect("its end");
        for words in [
            "拖欠工资（V1，2016年度），到 2016年12月31日 为止。",
            "来源：区人社局通报。",
            "没有这种情形的年度可以再申报",
            "交给登记的上级工会，由它写明理由后解除",
        ] {
            assert!(card.contains(words), "{words} is not in {card}");
        }
        let (_, link) = card.split_once("/vetoes/").expect("the record");
        let record = format!("/vetoes/{}", link.split('"').next().unwrap_or_default());
        assert_eq!(chair.get(&record).await.status, StatusCode::OK);
        // The branch is barred as well; the record is its union's and not the branch's to open.
        let mut branch = site
            .sign_in_as("组长", &[(Role::Clerk, &site.branch)])
            .await;
        let page = branch
            .get(&format!("/units/{}/applications", site.branch.id))
            .await;
        assert!(
            page.body.contains("拖欠工资（V1，2016年度）"),
            "{}",
            page.text()
        );
        assert!(!page.body.contains("/vetoes/"), "{}", page.text());
    }
}

#[tokio::test]
async fn the_desk_folds_what_is_met_and_unfolds_what_is_to_be_looked_at() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let desk = format!("{address}/review");
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        // Clause and whether it is unfolded.
        let folds = |body: &str| -> Vec<(String, bool)> {
            body.split("<details class=\"question desk-row\" id=\"c-")
                .skip(1)
                .map(|row| {
                    let (tag, _) = row.split_once('>').expect("a tag");
                    let clause = tag.split('"').next().unwrap_or_default();
                    (clause.to_owned(), tag.ends_with(" open"))
                })
                .collect()
        };
        let open = |body: &str| -> Vec<String> {
            let open = folds(body).into_iter().filter(|(_, is_open)| *is_open);
            open.map(|(clause, _)| clause).collect()
        };
        let page = reviewer.get(&desk).await;
        let all = folds(&page.body).len();
        assert_eq!(all, 6);
        assert_eq!(open(&page.body), [""; 0]);
        assert!(
            page.text().contains("6 条均自报达到，尚未核实"),
            "{}",
            page.text()
        );
        let rejection = [
            ("clause", "Q2"),
            ("note_Q2", "女职委没有换届"),
            ("outcome", "rejected"),
        ];
        let findings = format!("{address}/findings");
        let done = reviewer.post_form(&findings, &rejection).await;
        assert_eq!(done.location(), format!("{desk}#c-Q2"));
        let page = reviewer.get(&desk).await;
        assert_eq!(open(&page.body), ["Q2"]);
        assert!(
            page.body.contains("请先看：<a href=\"#c-Q2\">"),
            "{}",
            page.text()
        );
        // A rejection without a word comes back unfolded, with the sentence at its field.
        let silent = [("clause", "Q4"), ("outcome", "rejected")];
        let told = reviewer.post_form(&findings, &silent).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(open(&told.body), ["Q2", "Q4"]);
        // Everything unfolded stays so from one finding to the next.
        let page = reviewer.get(&format!("{desk}?all=1")).await;
        assert_eq!(open(&page.body).len(), all);
        let confirmed = [("clause", "Q2"), ("outcome", "confirmed"), ("all", "1")];
        let done = reviewer.post_form(&findings, &confirmed).await;
        assert_eq!(done.location(), format!("{desk}?all=1#c-Q2"));
        // What the union attaches after it has handed in is new to whoever has not looked at it since.
        site.app.clock.set(date(2016, 10, 24));
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let evidence = format!("/units/{}/evidence", site.union.id);
        let fields = [("for", "fact:own_account"), ("year", "2016")];
        let picture = photo();
        let sent = chair
            .upload(&evidence, &fields, &[("file", "许可证.png", &picture)])
            .await;
        assert!(sent.location().starts_with("/units/"), "{}", sent.text());
        let page = reviewer.get(&desk).await;
        assert_eq!(open(&page.body), ["Q5"]);
        assert!(
            page.text().contains("提交以后新附了材料"),
            "{}",
            page.text()
        );
        let looked = [("clause", "Q5"), ("outcome", "confirmed")];
        reviewer.post_form(&findings, &looked).await;
        let page = reviewer.get(&desk).await;
        assert_eq!(open(&page.body), [""; 0]);
        // The applicant reads as of which day it is judged.
        let page = chair.get(&address).await;
        assert!(
            page.text().contains("按首次提交日 2016年10月20日 判定。"),
            "{}",
            page.text()
        );
    }
}

fn photo() -> Vec<u8> {
    let mut photo = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8)
        .write_to(&mut photo, image::ImageFormat::Png)
        .expect("a picture");
    photo.into_inner()
}
