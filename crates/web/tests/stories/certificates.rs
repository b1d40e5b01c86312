//! Certificates, as whoever holds one up and whoever doubts it meet them.

use std::sync::Arc;

use axum::http::StatusCode;
use jianjia_app::{
    core::post::Post,
    honour::{
        certificate::{
            PAGE,
            token::{self, Keys, Signer},
        },
        honour::{self as honours, ChangeInput},
    },
    register::unit::change::{self, Happening},
};
use jianjia_domain::{
    core::{ids::HonourId, place::UnitPlace, policy::Role},
    honour::honour::{HonourAct, HonourState},
    register::unit::change::ChangeForm,
};
use jianjia_store::honour::honour;

use super::jobs::make;
use crate::site::{self, Client, TestSite};

const KEYS: &str = "/accounts/certificate-keys";

/// A title that the city gave to a union, or to somebody of it.
async fn named(site: &TestSite, unit: &UnitPlace, title: &str, person: &str) -> HonourId {
    let make = &site.city_of_tests;
    let honour = make.title(&site.city, unit, title, person);
    make.names(std::slice::from_ref(&honour)).await;
    honour.id
}

/// The administrator of the city, who made the first key.
async fn keeper(site: &TestSite) -> Client {
    let roles = [(Role::Administrator, &site.city)];
    let mut keeper = site.sign_in_as("市管理", &roles).await;
    let page = keeper.get(KEYS).await;
    assert!(page.text().contains("还没有密钥"), "{}", page.text());
    let made = keeper.post_form(KEYS, &[("seen", "")]).await;
    assert_eq!(made.location(), KEYS, "{}", made.text());
    keeper
}

/// Where the page of an honour leads those who see its holder.
async fn certificate(client: &mut Client, honour: &HonourId) -> String {
    let page = client.get(&format!("/honours/{honour}")).await;
    let start = format!("<a href=\"{PAGE}");
    let (_, rest) = page
        .body
        .split_once(&start)
        .unwrap_or_else(|| panic!("a certificate: {}", page.text()));
    format!("{PAGE}{}", rest.split('"').next().unwrap_or_default())
}

/// The visible words of what a visitor reads there.
async fn read(site: &TestSite, address: &str) -> String {
    let page = site.visitor().get(address).await;
    assert_eq!(page.status, StatusCode::OK);
    page.text()
}

#[tokio::test]
async fn whoever_scans_a_certificate_reads_what_it_is_worth() {
    for site in site::both().await {
        keeper(&site).await;
        let id = named(&site, &site.union, "trusted-home", "").await;
        let roles = [(Role::Chair, &site.union)];
        let mut chair = site.sign_in_as("陈主席", &roles).await;
        let address = certificate(&mut chair, &id).await;
        let text = read(&site, &address).await;
        for shown in [
            "证书是真的，称号有效",
            "长江纺织厂工会",
            "信赖职工之家",
            "常州市总工会",
            "2016年10月1日",
        ] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
        let mut english = site.visitor();
        english.post_form("/settings", &[("language", "en")]).await;
        let text = english.get(&address).await.text();
        assert!(
            text.contains("Genuine, and the title is in force"),
            "{text}"
        );

        // Revoked, a photograph of it says so at once.
        let approver = site
            .city_of_tests
            .actor("市审批", &[(Role::Approver, &site.city)])
            .await;
        let input = ChangeInput {
            reason: "弄虚作假".to_owned(),
            document_number: String::new(),
            revision: 1,
        };
        honours::change(&site.app, &approver, &id, HonourAct::Revoked, &input)
            .await
            .expect("revoked");
        let text = read(&site, &address).await;
        for shown in ["这个称号已经撤销", "理由：弄虚作假"] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
        assert!(!text.contains("市审批"), "who did it is for insiders");
    }
}

#[tokio::test]
async fn a_suspended_title_a_merged_holder_and_a_certificate_printed_again_are_told() {
    for site in site::both().await {
        keeper(&site).await;
        let id = named(&site, &site.union, "trusted-home", "").await;
        let roles = [(Role::Chair, &site.union)];
        let mut chair = site.sign_in_as("陈主席", &roles).await;
        let address = certificate(&mut chair, &id).await;
        // Printed again, it is the same one.
        assert_eq!(certificate(&mut chair, &id).await, address);
        let approver = site
            .city_of_tests
            .actor("市审批", &[(Role::Approver, &site.city)])
            .await;
        for (act, revision, heading) in [
            (HonourAct::Suspended, 1, "这个称号正在暂停"),
            (HonourAct::Resumed, 2, "证书是真的，称号有效"),
        ] {
            let input = ChangeInput {
                reason: "核查材料".to_owned(),
                document_number: String::new(),
                revision,
            };
            honours::change(&site.app, &approver, &id, act, &input)
                .await
                .expect("changed");
            let text = read(&site, &address).await;
            assert!(text.contains(heading), "{heading}: {text}");
        }
        let form = ChangeForm {
            on: "2016-10-20".to_owned(),
            note: "常工发〔2016〕61号".to_owned(),
            target: site.neighbour.name.clone(),
        };
        let (app, union) = (&site.app, &site.union.id);
        let preview = change::preview(app, &approver, union, Happening::Merge, &form).await;
        let revision = preview.expect("a preview").unit.revision;
        change::perform(app, &approver, union, Happening::Merge, &form, revision)
            .await
            .expect("merged");
        let text = read(&site, &address).await;
        for shown in [
            "证书是真的，持有单位有变动",
            "由“红梅食品厂工会”承接",
            "长江纺织厂工会",
        ] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
    }
}

#[tokio::test]
async fn what_is_forged_altered_or_another_city_s_is_told_in_plain_words() {
    for site in site::both().await {
        keeper(&site).await;
        let id = named(&site, &site.union, "trusted-home", "").await;
        let roles = [(Role::Chair, &site.union)];
        let mut chair = site.sign_in_as("陈主席", &roles).await;
        let address = certificate(&mut chair, &id).await;
        let public = site.visitor().get("/.well-known/jwks.json").await;
        assert_eq!(public.header("content-type"), "application/jwk-set+json");
        let keys = Keys::read(&public.body).expect("keys");
        let token = address.strip_prefix(PAGE).expect("a token");
        let (_, claims) = token::certificate(&keys, token).expect("ours");
        let foreign = Signer::new(&[9; 32]).certificate(&claims).expect("signed");
        let (signed, _) = token.rsplit_once('.').expect("three parts");
        let (_, signature) = foreign.rsplit_once('.').expect("three parts");
        for (token, told) in [
            (foreign.clone(), "不是本市签发的证书"),
            (format!("{signed}.{signature}"), "签名不符，不能相信"),
            (token[..60].to_owned(), "这不是一张证书的二维码"),
            ("%E8%AF%81%E4%B9%A6".to_owned(), "这不是一张证书的二维码"),
            ("a".repeat(3_000), "这不是一张证书的二维码"),
        ] {
            let text = read(&site, &format!("{PAGE}{token}")).await;
            assert!(text.contains(told), "{told}: {text}");
            assert!(!text.contains("长江纺织厂"), "{text}");
        }
    }
}

#[tokio::test]
async fn of_a_person_the_public_page_shows_the_family_name_alone() {
    for site in site::both().await {
        keeper(&site).await;
        let id = named(&site, &site.union, "trusted-kin", "张三丰").await;
        let roles = [(Role::Chair, &site.union)];
        let mut chair = site.sign_in_as("陈主席", &roles).await;
        let address = certificate(&mut chair, &id).await;
        let text = read(&site, &address).await;
        assert!(text.contains("张**") && !text.contains("三丰"), "{text}");
        // Neither is it linked from the page that everybody sees.
        let page = site.visitor().get(&format!("/honours/{id}")).await;
        assert!(page.text().contains("张**"), "{}", page.text());
        assert!(!page.body.contains(&format!("\"{PAGE}")));
    }
}

#[tokio::test]
async fn keys_are_changed_and_declared_compromised_with_what_follows_told() {
    for site in site::both().await {
        let mut keeper = keeper(&site).await;
        let id = named(&site, &site.union, "trusted-home", "").await;
        let roles = [(Role::Chair, &site.union)];
        let mut chair = site.sign_in_as("陈主席", &roles).await;
        let address = certificate(&mut chair, &id).await;
        let page = keeper.get(KEYS).await;
        assert!(page.text().contains("正在使用"), "{}", page.text());
        let (_, rest) = page
            .body
            .split_once("name=\"seen\" value=\"")
            .expect("a form");
        let first = rest.split('"').next().unwrap_or_default().to_owned();
        // A form of before changes nothing.
        let stale = keeper.post_form(KEYS, &[("seen", "")]).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        let changed = keeper.post_form(KEYS, &[("seen", &first)]).await;
        assert_eq!(changed.location(), KEYS);
        let page = keeper.get(KEYS).await;
        assert!(page.text().contains("已停用，仍可核实"), "{}", page.text());
        let text = read(&site, &address).await;
        assert!(text.contains("证书是真的，称号有效"), "{text}");

        let at = format!("{KEYS}/{first}/compromise");
        let page = keeper.get(&at).await;
        assert!(page.text().contains("声明以后不能撤回"), "{}", page.text());
        let again = keeper.post_form(&at, &[("reason", " ")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("没有写原因"), "{}", again.text());
        let done = keeper.post_form(&at, &[("reason", "旧服务器被盗")]).await;
        assert_eq!(done.location(), KEYS);
        let page = keeper.get(KEYS).await;
        assert!(page.text().contains("旧服务器被盗"), "{}", page.text());
        let text = read(&site, &address).await;
        assert!(text.contains("这张证书不再可信"), "{text}");
        let public = site.visitor().get("/.well-known/jwks.json").await;
        assert!(!public.body.contains(&first), "{}", public.body);
        // What is printed again is signed anew.
        let anew = certificate(&mut chair, &id).await;
        let text = read(&site, &anew).await;
        assert!(text.contains("证书是真的，称号有效"), "{text}");
    }
}

#[tokio::test]
async fn the_status_list_is_for_everybody_and_may_be_kept_for_half_a_minute() {
    for site in site::both().await {
        let mut visitor = site.visitor();
        let none = visitor.get("/certificates/status-list").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        keeper(&site).await;
        named(&site, &site.union, "trusted-home", "").await;
        let list = visitor.get("/certificates/status-list").await;
        assert_eq!(list.status, StatusCode::OK);
        assert_eq!(list.header("content-type"), "application/statuslist+jwt");
        assert_eq!(list.header("cache-control"), "public, max-age=30");
        assert!(list.header("etag").len() > 20);
        let public = visitor.get("/.well-known/jwks.json").await;
        let keys = Keys::read(&public.body).expect("keys");
        let (_, said) = token::list(&keys, &list.body).expect("signed by the city");
        assert_eq!(said.ttl, 30);
    }
}

#[tokio::test]
async fn all_certificates_of_a_naming_are_one_job_and_each_is_a_paper() {
    for mut site in site::both().await {
        site.app.post = Arc::new(Post {
            address: "https://jia.example".to_owned(),
            ..Post::default()
        });
        site.web = jianjia_web::site(site.app.clone());
        keeper(&site).await;
        let id = named(&site, &site.union, "trusted-home", "").await;
        named(&site, &site.union, "trusted-kin", "张三丰").await;
        let taken = named(&site, &site.neighbour, "trusted-home", "").await;
        let mut tx = site.app.db.write("test").await.expect("a transaction");
        honour::set_state(&mut tx, &taken, 1, HonourState::Revoked)
            .await
            .expect("revoked");
        jianjia_demo::testing::keep(&site.app, tx).await;
        let roles = [(Role::Approver, &site.city)];
        let mut approver = site.sign_in_as("市审批", &roles).await;
        let page = approver.get("/honours/batches/b1").await.text();
        assert!(page.contains("制作全部证书（2 张）"), "{page}");
        let city = site.city.id.to_string();
        let asked = [("export", "certificates"), ("at", &city), ("batch", "b1")];
        let job = approver.post_form("/exports", &asked).await.location();
        make(&site).await;
        let page = approver.get(&job).await.text();
        assert!(page.contains("共 2 张证书"), "{page}");
        let file = approver.get(&format!("{job}/file")).await;
        assert_eq!(file.header("content-type"), "application/zip");
        let name = "证书 0001-0002.pdf".as_bytes();
        let is_named = file.bytes.windows(name.len()).any(|part| part == name);
        assert!(file.bytes.starts_with(b"PK") && is_named);

        // One by itself, for those who see the holder.
        let roles = [(Role::Chair, &site.union)];
        let mut chair = site.sign_in_as("陈主席", &roles).await;
        let page = chair.get(&format!("/honours/{id}")).await;
        let address = format!("/honours/{id}/papers/certificate.pdf");
        assert!(page.body.contains(&address), "{}", page.text());
        let paper = chair.get(&address).await;
        assert!(paper.bytes.starts_with(b"%PDF"), "{}", paper.text());
        let roles = [(Role::Chair, &site.other_union)];
        let mut stranger = site.sign_in_as("外人", &roles).await;
        assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND);
        // Whoever may not see the list of a naming gets none of it.
        let other = site.other_union.id.to_string();
        let asked = [("export", "certificates"), ("at", &other), ("batch", "b1")];
        let job = stranger.post_form("/exports", &asked).await.location();
        make(&site).await;
        let file = stranger.get(&format!("{job}/file")).await;
        assert_eq!(file.status, StatusCode::NOT_FOUND);
    }
}
