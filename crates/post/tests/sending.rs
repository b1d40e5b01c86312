//! Mail and text messages against a real mail server and a small gateway: who gets what, once, and what becomes of what fails.

mod outside;

use std::sync::{Arc, atomic::Ordering};

use jianjia_app::{
    core::{
        app::App,
        clock::Clock,
        job::{
            Lane,
            worker::{Node, arm, run_due_once},
        },
        post::{Gateway, Post},
    },
    office::{
        letter as letters,
        post::{self as posts, OwnForm},
    },
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
        post::PostState,
    },
    office::{letter::LetterForm, post as addresses},
};
use jianjia_standard::Lang;
use jianjia_store::core::post;
use jiff::civil::date;
use outside::{MailServer, SmsGateway};

/// A city with an administrator and an approver, whose letters lead to `jianjia.example`.
struct Here {
    city: TestCity,
    app: App,
    root: UnitPlace,
    administrator: Actor,
    approver: Actor,
}

async fn here(city: TestCity, post: Post) -> Here {
    let root = city.unit(None, UnitKind::City, "常州市总工会").await;
    let administrator = city
        .actor("市管理员", &[(Role::Administrator, &root)])
        .await;
    let approver = city.actor("李审批", &[(Role::Approver, &root)]).await;
    let app = App {
        post: Arc::new(post),
        ..city.app.clone()
    };
    Here {
        city,
        app,
        root,
        administrator,
        approver,
    }
}

fn by_mail(server: &MailServer) -> Post {
    Post {
        address: "https://jianjia.example".to_owned(),
        mail: Some(server.settings()),
        telephone: None,
    }
}

impl Here {
    async fn reached(&self, actor: &Actor, mail: &str, telephone: &str, wishes: [&str; 2]) {
        // Whoever says them is asked for the password, which the pages test.
        let said = addresses::read(mail, telephone).unwrap();
        let mut tx = self.app.db.write("account").await.unwrap();
        post::say_addresses(&mut tx, &actor.account, &said)
            .await
            .unwrap();
        testing::keep(&self.app, tx).await;
        let form = OwnForm {
            mail: mail.to_owned(),
            telephone: telephone.to_owned(),
            mail_wish: wishes[0].to_owned(),
            telephone_wish: wishes[1].to_owned(),
            password: String::new(),
        };
        posts::choose(&self.app, actor, "", &form, Lang::Zh)
            .await
            .unwrap();
    }

    /// Somebody writes to the federation, which tells administrators and approvers.
    async fn happens(&self) {
        let form = LetterForm {
            kind: "complaint".to_owned(),
            text: "食堂".to_owned(),
            ..LetterForm::default()
        };
        // Each from a network of its own.
        let network = format!("{}", self.app.entropy.number());
        letters::receive(&self.app, &network, &form).await.unwrap();
    }

    fn pass(&self, minutes: i64) {
        let Clock::Set(now) = &self.app.clock else {
            panic!("the clock of tests is set");
        };
        now.fetch_add(minutes * 60_000_000, Ordering::Relaxed);
    }

    /// What the job does within so many minutes, each minute.
    async fn work(&self, minutes: i64) {
        let node = Node::new(&self.app, jianjia_post::works());
        arm(&self.app, &node).await.unwrap();
        for _ in 0..minutes {
            self.pass(1);
            while run_due_once(&self.app, &node, Lane::Short)
                .await
                .unwrap()
                .is_some()
            {}
        }
    }

    /// State, attempts and messages of each dispatch, the newest first.
    async fn dispatches(&self, actor: &Actor) -> Vec<(PostState, i64, i64)> {
        let overview = posts::overview(&self.app, &self.administrator)
            .await
            .unwrap();
        let all = [overview.waiting, overview.given_up, overview.sent].concat();
        all.iter()
            .filter(|one| one.account == actor.account)
            .map(|one| (one.state, one.attempts, one.messages))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_messages_make_one_letter_and_the_next_waits_an_hour() {
    for city in testing::both(date(2016, 10, 19)).await {
        let server = MailServer::start();
        let here = here(city, by_mail(&server)).await;
        here.reached(&here.approver, "li@example.com", "", ["all", "nothing"])
            .await;
        here.happens().await;
        here.happens().await;
        here.work(4).await;
        assert_eq!(server.letters(), [""; 0], "it waits for others");
        here.happens().await;
        here.work(2).await;
        let letters = server.letters();
        assert_eq!(letters.len(), 1, "{letters:?}");
        let letter = server.read(&letters[0]);
        assert_eq!(letter.to, "li@example.com");
        assert_eq!(letter.from, "常州市总工会 <jianjia@example.org>");
        assert_eq!(letter.subject, "有新的来信（3 条）");
        for words in [
            "· 收到一封来信：投诉举报，编号 3。",
            "https://jianjia.example/messages/",
            "常州市总工会",
            "https://jianjia.example/accounts/post",
        ] {
            assert!(letter.text.contains(words), "{words}: {}", letter.text);
        }
        here.happens().await;
        here.work(30).await;
        assert_eq!(server.letters().len(), 1, "one an hour");
        here.work(31).await;
        let letters = server.letters();
        assert_eq!(letters.len(), 2);
        assert_eq!(server.read(&letters[1]).subject, "有新的来信");
        // The administrator gave no address, and got nothing.
        assert_eq!(here.dispatches(&here.administrator).await, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_for_now_is_sent_later_and_once_by_two_nodes() {
    for city in testing::both(date(2016, 10, 19)).await {
        let mut server = MailServer::to_start();
        let here = here(city, by_mail(&server)).await;
        here.reached(&here.approver, "li@example.com", "", ["all", "nothing"])
            .await;
        here.happens().await;
        here.work(6).await;
        let failed = posts::overview(&here.app, &here.administrator)
            .await
            .unwrap()
            .waiting;
        let error = failed[0].error.clone().unwrap();
        assert!(error.text.zh.contains("连不上"), "{error:?}");
        assert_eq!(
            (failed[0].attempts, failed[0].address.as_str()),
            (1, "l***@example.com")
        );
        server.begin();
        let other = App {
            memory: Default::default(),
            ..here.app.clone()
        };
        let other = Node::new(&other, jianjia_post::works());
        for _ in 0..8 {
            here.pass(1);
            let node = Node::new(&here.app, jianjia_post::works());
            let (one, two) = tokio::join!(
                run_due_once(&here.app, &node, Lane::Short),
                run_due_once(&here.app, &other, Lane::Short)
            );
            one.unwrap();
            two.unwrap();
        }
        assert_eq!(server.letters().len(), 1);
        assert_eq!(
            here.dispatches(&here.approver).await,
            [(PostState::Sent, 2, 1)]
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_refused_gets_nothing_more_until_it_is_said_anew() {
    for city in testing::both(date(2016, 10, 19)).await {
        let server = MailServer::start();
        let here = here(city, by_mail(&server)).await;
        let other = here
            .city
            .actor("王审批", &[(Role::Approver, &here.root)])
            .await;
        here.reached(
            &here.approver,
            "refused@example.com",
            "",
            ["all", "nothing"],
        )
        .await;
        here.reached(&other, "later@example.com", "", ["all", "nothing"])
            .await;
        here.reached(
            &here.administrator,
            "wang@example.com",
            "",
            ["all", "nothing"],
        )
        .await;
        here.happens().await;
        here.work(7).await;
        assert_eq!(
            here.dispatches(&here.approver).await,
            [(PostState::GivenUp, 1, 1)]
        );
        assert_eq!(here.dispatches(&other).await, [(PostState::Waiting, 1, 1)]);
        assert_eq!(
            here.dispatches(&here.administrator).await,
            [(PostState::Sent, 1, 1)]
        );
        let given_up = posts::overview(&here.app, &here.administrator)
            .await
            .unwrap()
            .given_up;
        let error = given_up[0].error.clone().unwrap();
        assert!(error.text.zh.contains("没有这个地址"), "{error:?}");
        assert!(error.detail.contains("no such user"), "{error:?}");
        here.happens().await;
        here.work(62).await;
        assert_eq!(
            here.dispatches(&here.approver).await.len(),
            1,
            "nothing goes there"
        );
        assert_eq!(here.dispatches(&here.administrator).await.len(), 2);
        here.reached(&here.approver, "li@example.com", "", ["all", "nothing"])
            .await;
        here.happens().await;
        here.work(7).await;
        let newest = here.dispatches(&here.approver).await;
        assert!(newest.contains(&(PostState::Sent, 1, 1)), "{newest:?}");
        // After two days it is given up.
        for _ in 0..8 {
            here.work(1).await;
            here.pass(60 * 27);
        }
        let of_other = here.dispatches(&other).await;
        assert!(
            of_other
                .iter()
                .all(|(state, ..)| *state == PostState::GivenUp),
            "{of_other:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_switches_off_or_has_read_it_gets_nothing() {
    for city in testing::both(date(2016, 10, 19)).await {
        let server = MailServer::start();
        let here = here(city, by_mail(&server)).await;
        here.reached(&here.approver, "li@example.com", "", ["all", "nothing"])
            .await;
        here.reached(
            &here.administrator,
            "wang@example.com",
            "",
            ["all", "nothing"],
        )
        .await;
        here.happens().await;
        here.reached(&here.approver, "li@example.com", "", ["nothing", "nothing"])
            .await;
        jianjia_app::office::message::read_until(&here.app, &here.administrator, here.app.now())
            .await
            .unwrap();
        here.work(7).await;
        here.happens().await;
        here.work(7).await;
        let letters = server.letters();
        assert_eq!(letters.len(), 1, "the administrator's second");
        assert_eq!(server.read(&letters[0]).to, "wang@example.com");
        // Only what is urgent: a letter of the public is not.
        here.reached(
            &here.administrator,
            "wang@example.com",
            "",
            ["urgent", "nothing"],
        )
        .await;
        here.happens().await;
        here.work(70).await;
        assert_eq!(server.letters().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_sending_and_noting_it_the_letter_goes_again_as_the_same() {
    for city in testing::both(date(2016, 10, 19)).await {
        let server = MailServer::start();
        let here = here(city, by_mail(&server)).await;
        here.reached(&here.approver, "li@example.com", "", ["all", "nothing"])
            .await;
        here.happens().await;
        here.pass(6);
        // As the job does it, but for the note.
        let settings = here.app.post.mail.clone().unwrap();
        let dispatch = outside::gathered(&here.app).await;
        let mut connection = jianjia_post::mail::connect(&settings).await.unwrap();
        let letter = jianjia_post::letter::of("常州市总工会", "https://jianjia.example", &dispatch);
        let id = dispatch.id.to_string();
        let at = dispatch.created_at;
        jianjia_post::mail::send(&mut connection, &id, &dispatch.address, &letter, at)
            .await
            .unwrap();
        here.work(2).await;
        let letters = server.letters();
        assert_eq!(letters.len(), 2);
        let [one, two] = [0, 1].map(|place: usize| server.read(&letters[place]));
        assert_eq!((&one.id, &one.text), (&two.id, &two.text));
        assert_eq!(one.id, format!("<{id}@example.org>"));
        here.work(60).await;
        assert_eq!(server.letters().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_message_tells_what_is_urgent_and_is_tried_again_when_the_gateway_is_busy() {
    for city in testing::both(date(2016, 10, 19)).await {
        let gateway = SmsGateway::start();
        let post = Post {
            address: "https://jianjia.example".to_owned(),
            mail: None,
            telephone: Some(
                Gateway {
                    url: format!("{}/send", gateway.address),
                    method: "POST".to_owned(),
                    headers: vec![("Authorization".to_owned(), "Bearer t".to_owned())],
                    body: r#"{"to":"{telephone}","sign":"{signature}","text":"{text}"}"#.to_owned(),
                    signature: "常州工会".to_owned(),
                    success: "\"code\":0".to_owned(),
                }
                .checked()
                .unwrap(),
            ),
        };
        let here = here(city, post).await;
        here.reached(&here.approver, "", "138 0000 0001", ["nothing", "all"])
            .await;
        here.reached(
            &here.administrator,
            "",
            "13900000001",
            ["nothing", "urgent"],
        )
        .await;
        gateway.answer("200 OK", r#"{"code":9,"busy":true}"#);
        here.happens().await;
        here.work(6).await;
        assert_eq!(
            here.dispatches(&here.approver).await,
            [(PostState::Waiting, 1, 1)]
        );
        gateway.answer("200 OK", r#"{"code":0}"#);
        here.work(6).await;
        assert_eq!(
            here.dispatches(&here.approver).await,
            [(PostState::Sent, 2, 1)]
        );
        assert_eq!(here.dispatches(&here.administrator).await, []);
        let asked = gateway.asked();
        let last = asked.last().unwrap();
        assert!(last.starts_with("POST /send HTTP/1.1\r\n"), "{last}");
        assert!(
            last.to_lowercase().contains("authorization: bearer t"),
            "{last}"
        );
        assert!(
            last.contains(r#"{"to":"13800000001","sign":"常州工会","text":"建家平台提醒您：有新的来信。请登录查看：https://jianjia.example/messages"}"#),
            "{last}"
        );
        // What is refused for its content is not tried again.
        gateway.answer("400 Bad Request", "template");
        here.happens().await;
        here.work(62).await;
        let given_up = here.dispatches(&here.approver).await;
        assert!(
            given_up.contains(&(PostState::GivenUp, 1, 1)),
            "{given_up:?}"
        );
        assert_eq!(gateway.asked().len(), 3);
    }
}
