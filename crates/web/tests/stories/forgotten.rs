//! A forgotten password without the federation above: a code to the own telephone, the same answer to everybody, and no flood.

use std::sync::{Arc, Mutex, atomic::Ordering};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use jianjia_app::{
    core::{
        app::App,
        clock::Clock,
        job::{
            Lane,
            worker::{Node, run_due_once},
        },
        post::{Gateway, Post},
    },
    office::{reset as resets, session::Browser},
};
use jianjia_domain::core::{
    policy::{Actor, Role},
    post::Addresses,
};
use jianjia_store::core::post as posts;
use tokio::net::TcpListener;

use super::factor::{code as factor_code, turn_on};
use crate::site::{self, Client, Page, TestSite};

const PASSWORD: &str = "umbrella quartz noodle";
const OTHER: &str = "pear tree bicycle";
const TELEPHONE: &str = "13861012345";

/// What the gateway was given: number and text.
type Sent = Arc<Mutex<Vec<String>>>;

/// The program with a gateway of text messages.
async fn with_gateway(site: &TestSite) -> (App, Sent) {
    let sent = Sent::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let taken = |State(sent): State<Sent>, body: String| async move {
        sent.lock().unwrap().push(body);
    };
    let router = Router::new()
        .route("/", post(taken))
        .with_state(sent.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let gateway = Gateway {
        url,
        method: "POST".to_owned(),
        headers: vec![("Content-Type".to_owned(), "text/plain".to_owned())],
        body: "{telephone} {text}".to_owned(),
        signature: String::new(),
        success: String::new(),
    };
    let post = Post {
        address: "https://jianjia.example".to_owned(),
        mail: None,
        telephone: Some(gateway),
    };
    let app = App {
        post: Arc::new(post),
        ..site.app.clone()
    };
    (app, sent)
}

async fn account(site: &TestSite, login: &str, role: Role, telephone: &str) -> Actor {
    let unit = match role {
        Role::Chair => &site.union,
        _ => &site.city,
    };
    let actor = site
        .city_of_tests
        .account(login, PASSWORD, "陈静", None, &[(role, unit)])
        .await;
    let mut tx = site.app.db.write("account").await.unwrap();
    let addresses = Addresses {
        telephone: telephone.to_owned(),
        ..Addresses::default()
    };
    posts::say_addresses(&mut tx, &actor.account, &addresses)
        .await
        .unwrap();
    jianjia_demo::testing::keep(&site.app, tx).await;
    actor
}

async fn ask(client: &mut Client, typed: &str) -> Page {
    client
        .post_form("/sign-in/forgotten", &[("asked", typed)])
        .await
}

async fn work(app: &App) {
    let node = Node::new(app, jianjia_post::works());
    while run_due_once(app, &node, Lane::Short)
        .await
        .unwrap()
        .is_some()
    {}
}

fn pass(app: &App, minutes: i64) {
    let Clock::Set(now) = &app.clock else {
        panic!("the clock of tests is set");
    };
    now.fetch_add(minutes * 60_000_000, Ordering::Relaxed);
}

/// The code of the last message.
fn code(sent: &Sent) -> String {
    let sent = sent.lock().unwrap();
    let text = sent.last().expect("a message");
    let (_, rest) = text.split_once("一次性码 ").expect("a code");
    rest.split('，').next().unwrap().to_owned()
}

async fn join(client: &mut Client, code: &str) -> Page {
    let fields = [
        ("code", code),
        ("password", OTHER),
        ("password_again", OTHER),
    ];
    client.post_form("/join/password", &fields).await
}

#[tokio::test]
async fn an_owner_sets_another_password_by_a_code_that_is_good_once() {
    for site in site::both().await {
        let (app, sent) = with_gateway(&site).await;
        let web = jianjia_web::site(app.clone());
        account(&site, "chen", Role::Chair, TELEPHONE).await;
        let mut elsewhere = site.visitor_of(web.clone());
        let fields = [("login", "chen"), ("password", PASSWORD), ("next", "/desk")];
        let page = elsewhere.post_form("/sign-in", &fields).await;
        assert_eq!(page.location(), "/desk");
        let mut client = site.visitor_of(web.clone());
        let page = client.get("/sign-in").await;
        assert!(page.body.contains("href=\"/sign-in/forgotten\""));
        // Somebody and nobody are answered alike.
        let found = ask(&mut client, " Chen ").await;
        let nobody = ask(&mut client, "nobody").await;
        let told = |page: &Page| (page.status, page.location(), page.text());
        assert_eq!(told(&found), told(&nobody));
        assert_eq!(found.location(), "/sign-in/forgotten/sent");
        let page = client.get("/sign-in/forgotten/sent").await;
        assert!(page.text().contains("对得上"), "{}", page.text());
        work(&app).await;
        assert_eq!(sent.lock().unwrap().len(), 1, "{sent:?}");
        assert!(sent.lock().unwrap()[0].starts_with(TELEPHONE));
        let first = code(&sent);
        // A later code takes nothing from an earlier one.
        ask(&mut client, TELEPHONE).await;
        work(&app).await;
        assert_eq!(sent.lock().unwrap().len(), 2);
        let second = code(&sent);
        let page = client.post_form("/join", &[("code", &first)]).await;
        let text = page.text();
        assert!(
            text.contains("这是您吗？") && text.contains("陈静"),
            "{text}"
        );
        assert!(!page.body.contains("name=\"login\""), "it stays");
        let page = join(&mut client, &first).await;
        assert_eq!(page.location(), "/desk", "{}", page.text());
        assert_eq!(client.get("/desk").await.status, StatusCode::OK);
        assert_eq!(
            elsewhere.get("/desk").await.location(),
            "/sign-in?next=/desk"
        );
        let inbox = client.get("/messages").await.text();
        assert!(inbox.contains("本人找回密码"), "{inbox}");
        let mut again = site.visitor_of(web);
        for code in [&first, &second] {
            let page = again.post_form("/join", &[("code", code)]).await;
            assert!(page.text().contains("这个邀请码不能用"), "{}", page.text());
        }
        let page = again.post_form("/sign-in", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("login", "chen"), ("password", OTHER), ("next", "/desk")];
        let page = again.post_form("/sign-in", &fields).await;
        assert_eq!(page.location(), "/desk");
        let mut auditor = site
            .sign_in_as("审计", &[(Role::Auditor, &site.city)])
            .await;
        let trail = auditor.get("/audit").await.text();
        for words in ["发送找回密码的一次性码", "本人找回密码"] {
            assert!(trail.contains(words), "{words}: {trail}");
        }
        for secret in [first.as_str(), TELEPHONE] {
            assert!(!trail.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn nobody_floods_a_telephone_and_a_code_does_not_last() {
    for site in site::both().await {
        let (app, sent) = with_gateway(&site).await;
        let web = jianjia_web::site(app.clone());
        account(&site, "chen", Role::Chair, TELEPHONE).await;
        let mut client = site.visitor_of(web);
        for _ in 0..3 {
            ask(&mut client, "chen").await;
        }
        let page = ask(&mut client, "chen").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text().contains("找回密码的次数太多"),
            "{}",
            page.text()
        );
        work(&app).await;
        assert_eq!(sent.lock().unwrap().len(), 3);
        for _ in 0..3 {
            let page = ask(&mut client, TELEPHONE).await;
            assert_eq!(
                page.location(),
                "/sign-in/forgotten/sent",
                "by another name"
            );
        }
        work(&app).await;
        assert_eq!(
            sent.lock().unwrap().len(),
            3,
            "and no more to the telephone"
        );
        let last = code(&sent);
        for _ in 0..6 {
            pass(&app, 20);
            ask(&mut client, "chen").await;
            work(&app).await;
        }
        assert_eq!(sent.lock().unwrap().len(), 3, "so many for a network");
        let page = client.post_form("/join", &[("code", &last)]).await;
        assert!(page.text().contains("这个邀请码不能用"), "{}", page.text());
        // Nor does anybody ask for everybody from one network.
        let mut page = ask(&mut client, "u0").await;
        for number in 1..20 {
            page = ask(&mut client, &format!("user{number}")).await;
        }
        assert!(
            page.text().contains("找回密码的次数太多"),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn strangers_use_up_no_codes_of_the_browser_that_an_account_knows() {
    for site in site::both().await {
        let (app, sent) = with_gateway(&site).await;
        let web = jianjia_web::site(app.clone());
        account(&site, "chen", Role::Chair, TELEPHONE).await;
        let mut own = site.visitor_of(web.clone());
        let fields = [("login", "chen"), ("password", PASSWORD), ("next", "/desk")];
        own.post_form("/sign-in", &fields).await;
        let asked_from = async |network: &str| {
            let browser = Browser {
                network: network.to_owned(),
                ..Browser::default()
            };
            pass(&app, 20);
            resets::ask(&app, &browser, "chen").await.unwrap();
            work(&app).await;
            sent.lock().unwrap().len()
        };
        let mut counts = Vec::new();
        for network in ["198.51.100.7", "203.0.113.9"] {
            for _ in 0..4 {
                counts.push(asked_from(network).await);
            }
        }
        // Three for one network, five in all.
        assert_eq!(counts, [1, 2, 3, 3, 4, 5, 5, 5]);
        assert_eq!(asked_from("192.0.2.80").await, 5);
        own.get("/sign-in/forgotten").await;
        let page = ask(&mut own, "chen").await;
        assert_eq!(page.location(), "/sign-in/forgotten/sent");
        work(&app).await;
        assert_eq!(sent.lock().unwrap().len(), 6, "the owner gets through");
        let page = join(&mut own, &code(&sent)).await;
        assert_eq!(page.location(), "/desk", "{}", page.text());
    }
}

#[tokio::test]
async fn who_decides_needs_the_second_factor_as_well() {
    for site in site::both().await {
        let (app, sent) = with_gateway(&site).await;
        let web = jianjia_web::site(app.clone());
        account(&site, "qian", Role::Approver, TELEPHONE).await;
        let mut client = site.visitor_of(web.clone());
        ask(&mut client, "qian").await;
        work(&app).await;
        assert_eq!(sent.lock().unwrap().len(), 0, "two administrators do that");
        let mut owner = site.visitor_of(web);
        let fields = [("login", "qian"), ("password", PASSWORD), ("next", "/desk")];
        owner.post_form("/sign-in", &fields).await;
        owner.get("/settings").await;
        let (secret, _) = turn_on(&app, &mut owner).await;
        ask(&mut client, "qian").await;
        work(&app).await;
        let page = join(&mut client, &code(&sent)).await;
        assert_eq!(
            page.location(),
            "/sign-in/code?next=/desk",
            "{}",
            page.text()
        );
        assert_eq!(client.get("/desk").await.location(), "/sign-in?next=/desk");
        pass(&app, 1);
        client.get("/sign-in/code").await;
        let fields = [
            ("code", factor_code(&app, &secret)),
            ("next", "/desk".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let page = client.post_form("/sign-in/code", &fields).await;
        assert!(page.location().ends_with("/desk"), "{}", page.text());
    }
}

#[tokio::test]
async fn without_mail_and_gateway_the_page_says_whom_to_ask() {
    for site in site::both().await {
        let mut client = site.visitor();
        let page = client.get("/sign-in/forgotten").await;
        let text = page.text();
        assert!(text.contains("请上级工会重新发一次性邀请码"), "{text}");
        assert!(text.contains("常州市总工会"), "{text}");
        assert!(!page.body.contains("name=\"asked\""));
        let page = ask(&mut client, "chen").await;
        assert_eq!(page.location(), "/sign-in/forgotten");
    }
}
