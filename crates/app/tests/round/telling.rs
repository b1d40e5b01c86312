//! What people find in their inboxes: each act tells those whom it concerns, once, and nobody else.

use jianjia_app::{
    core::job::{
        Lane,
        worker::{self, Node},
    },
    office::message as messages,
    round::{
        recommendation as recommendations,
        review::{self as reviews, Assigning, RejectInput, ReturnInput},
        veto as vetoes,
    },
};
use jianjia_domain::{
    core::{
        message::{Kind, Received, Said},
        policy::{Actor, Role},
    },
    round::{
        application::{CriterionReason, ReturnTo},
        veto::VetoInput,
    },
};
use jiff::civil::date;

use crate::city::{RoundCity, cities};

/// The inbox, unread first and the newest first among each.
pub async fn inbox(city: &RoundCity, who: &Actor) -> Vec<Received> {
    let found = messages::inbox(&city.city.app, who, 1).await.unwrap();
    found.messages
}

/// The kinds of the messages, sorted, each with what it counts.
pub async fn kinds(city: &RoundCity, who: &Actor) -> Vec<String> {
    let mut kinds: Vec<String> = inbox(city, who)
        .await
        .iter()
        .map(|message| {
            let kind = message.kind.map_or("?", Kind::key);
            match message.tally {
                0 => kind.to_owned(),
                tally => format!("{kind} {tally}"),
            }
        })
        .collect();
    kinds.sort();
    kinds
}

async fn everybody(city: &RoundCity) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for who in [
        &city.chair,
        &city.local,
        &city.reviewer,
        &city.approver,
        &city.leader,
    ] {
        all.push(kinds(city, who).await);
    }
    all
}

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn an_application_tells_the_union_what_becomes_of_it_and_the_office_that_has_it_next() {
    for city in cities().await {
        let app = &city.city.app;
        let clerk = city
            .city
            .actor("经办小吴", &[(Role::Clerk, &city.union)])
            .await;
        let (_, stranger) = city.another("第三纺织厂工会").await;
        let id = city
            .applied(&city.chair, &city.union, "model-home")
            .await
            .id;
        // Who handed it in knows; the township has it now.
        assert_eq!(
            everybody(&city).await,
            [vec![], vec!["arrived 1".to_owned()], vec![], vec![], vec![]]
        );
        city.endorsed(&id).await;
        assert_eq!(
            everybody(&city).await,
            [
                vec!["endorsed".to_owned()],
                vec!["arrived 1".to_owned()],
                vec!["arrived 1".to_owned()],
                vec!["arrived 1".to_owned()],
                vec![],
            ]
        );
        let back = ReturnInput {
            to: ReturnTo::Applicant,
            opinion: "请补材料".to_owned(),
            reasons: vec![CriterionReason {
                clause: "M5d".to_owned(),
                note: "测评记录看不清".to_owned(),
            }],
            expected: city.now(&id).await,
        };
        reviews::send_back(app, &city.reviewer, &id, &back)
            .await
            .unwrap();
        // The same request again tells nothing.
        reviews::send_back(app, &city.reviewer, &id, &back)
            .await
            .unwrap();
        for who in [&city.chair, &clerk] {
            assert_eq!(kinds(&city, who).await, ["endorsed", "returned"]);
            let told = inbox(&city, who).await;
            let returned = told.iter().find(|told| told.kind == Some(Kind::Returned));
            let returned = returned.unwrap();
            assert_eq!(returned.due_on, Some(date(2016, 11, 30)));
            assert_eq!(returned.about.id, id.to_string());
            let zh: Vec<String> = returned
                .detail
                .because
                .iter()
                .map(|said| match said {
                    Said::Plain(text) => text.clone(),
                    Said::Both(text) => text.zh.clone(),
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(zh[0], "请补材料");
            assert!(
                zh[1].starts_with("M5d ") && zh[1].ends_with("：测评记录看不清"),
                "{zh:?}"
            );
        }
        assert_eq!(kinds(&city, &stranger).await, NOTHING);
        // The approver isn't told what the reviewer did, nor the reviewer of the own act.
        assert_eq!(kinds(&city, &city.reviewer).await, ["arrived 1"]);
        assert_eq!(kinds(&city, &city.approver).await, ["arrived 1"]);

        let expected = city.now(&id).await;
        jianjia_app::round::application::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
        assert_eq!(kinds(&city, &city.approver).await, ["arrived 2"]);
        assert_eq!(kinds(&city, &clerk).await, ["endorsed", "returned"]);
        let opinion = city.opinion(&id).await;
        reviews::decide(app, &city.approver, &id, &opinion)
            .await
            .unwrap();
        assert_eq!(
            kinds(&city, &clerk).await,
            ["endorsed", "named", "returned"]
        );
    }
}

#[tokio::test]
async fn an_office_gets_one_message_a_day_that_counts_and_is_unread_again_when_more_arrive() {
    for city in cities().await {
        let app = &city.city.app;
        city.applied(&city.chair, &city.union, "model-home").await;
        let told = inbox(&city, &city.local).await;
        messages::open(app, &city.local, &told[0].id).await.unwrap();
        assert!(inbox(&city, &city.local).await[0].is_read);
        for name in ["甲厂工会", "乙厂工会"] {
            let (union, chair) = city.another(name).await;
            city.holds(&union, None, "qualified-home", 2016).await;
            city.applied(&chair, &union, "model-home").await;
        }
        let told = inbox(&city, &city.local).await;
        assert_eq!((told.len(), told[0].tally, told[0].is_read), (1, 3, false));
        // The next day has its own.
        city.on(2016, 10, 21);
        let (union, chair) = city.another("丙厂工会").await;
        city.holds(&union, None, "qualified-home", 2016).await;
        city.applied(&chair, &union, "model-home").await;
        assert_eq!(kinds(&city, &city.local).await, ["arrived 1", "arrived 3"]);
    }
}

#[tokio::test]
async fn a_refused_act_tells_nobody() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        let before = everybody(&city).await;
        // The opinion is there, so that the act goes on until it is found too long.
        let long = "好".repeat(reviews::OPINION_AT_MOST + 1);
        let input = RejectInput {
            reason: long,
            reasons: Vec::new(),
            expected: city.now(&id).await,
        };
        assert!(
            reviews::reject(app, &city.approver, &id, &input)
                .await
                .is_err()
        );
        assert_eq!(everybody(&city).await, before);
        let input = RejectInput {
            reason: "材料不实".to_owned(),
            ..input
        };
        reviews::reject(app, &city.approver, &id, &input)
            .await
            .unwrap();
        assert_eq!(kinds(&city, &city.chair).await, ["endorsed", "rejected"]);
    }
}

#[tokio::test]
async fn who_is_given_a_file_is_told_and_it_comes_back_to_them() {
    for city in cities().await {
        let app = &city.city.app;
        let id = city.at_the_district().await;
        let give = Assigning::Give(city.reviewer.account);
        reviews::assign(app, &city.approver, &[id], give)
            .await
            .unwrap();
        assert_eq!(
            kinds(&city, &city.reviewer).await,
            ["arrived 1", "file-given 1"]
        );
        let back = ReturnInput {
            to: ReturnTo::Applicant,
            opinion: String::new(),
            reasons: vec![CriterionReason {
                clause: "M5d".to_owned(),
                note: "请补".to_owned(),
            }],
            expected: city.now(&id).await,
        };
        reviews::send_back(app, &city.reviewer, &id, &back)
            .await
            .unwrap();
        city.on(2016, 10, 24);
        let expected = city.now(&id).await;
        jianjia_app::round::application::submit(app, &city.chair, &id, &expected)
            .await
            .unwrap();
        // It comes to whoever has it in hand, not to the whole office.
        assert_eq!(
            kinds(&city, &city.reviewer).await,
            ["arrived 1", "arrived 1", "file-given 1"]
        );
        assert_eq!(kinds(&city, &city.approver).await, ["arrived 1"]);
        city.looked_through(&id).await;
        reviews::assign(app, &city.reviewer, &[id], Assigning::Pass)
            .await
            .unwrap();
        assert_eq!(
            kinds(&city, &city.approver).await,
            ["arrived 1", "files-passed 1"]
        );
        reviews::declare_conflict(app, &city.reviewer, &id, "亲属")
            .await
            .unwrap();
        assert_eq!(
            kinds(&city, &city.approver).await,
            ["arrived 1", "conflict-declared", "files-passed 1"]
        );
    }
}

#[tokio::test]
async fn a_veto_tells_the_union_what_it_stops_and_that_it_was_lifted() {
    for city in cities().await {
        let app = &city.city.app;
        let input = VetoInput {
            year: 2016,
            clause: "V1".to_owned(),
            source: "人社局".to_owned(),
            note: String::new(),
        };
        let veto = vetoes::record(app, &city.reviewer, &city.union.id, &input)
            .await
            .unwrap();
        vetoes::record(app, &city.reviewer, &city.union.id, &input)
            .await
            .unwrap();
        let told = inbox(&city, &city.chair).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].detail.because[0], Said::from("人社局"));
        let Said::Both(stops) = &told[0].detail.because[1] else {
            panic!("{told:?}");
        };
        assert!(
            stops.zh.contains("信赖职工之家") && !stops.zh.contains("合格"),
            "{stops:?}"
        );
        vetoes::lift(app, &city.reviewer, &veto.id, "已补发")
            .await
            .unwrap();
        assert_eq!(kinds(&city, &city.chair).await, ["veto-lifted", "vetoed"]);
        for nobody in [&city.local, &city.reviewer, &city.leader] {
            assert_eq!(kinds(&city, nobody).await, NOTHING);
        }
    }
}

#[tokio::test]
async fn a_recommending_federation_is_told_of_its_places_and_those_left_over_that_they_were() {
    for city in cities().await {
        let app = &city.city.app;
        let mut chosen = Vec::new();
        let mut chairs = Vec::new();
        for name in ["甲厂工会", "乙厂工会"] {
            let (union, chair) = city.another(name).await;
            city.holds(&union, None, "model-home", 2015).await;
            let id = city.applied(&chair, &union, "trusted-home").await.id;
            let sent = city.endorsed(&id).await;
            city.looked_through(&id).await;
            chosen.push((id, sent.revision));
            chairs.push(chair);
        }
        city.gives_places(0, 1).await;
        city.gives_places(1, 1).await;
        let quotas = |kinds: Vec<String>| kinds.iter().filter(|kind| *kind == "quota-set").count();
        assert_eq!(quotas(kinds(&city, &city.approver).await), 1);
        assert_eq!(quotas(kinds(&city, &city.reviewer).await), 0);
        let district = &city.district.id;
        let title = "trusted-home";
        recommendations::recommend(
            app,
            &city.approver,
            2016,
            title,
            district,
            &chosen[..1],
            "r",
        )
        .await
        .unwrap();
        recommendations::close(app, &city.approver, 2016, title, district)
            .await
            .unwrap();
        assert_eq!(kinds(&city, &chairs[0]).await, ["endorsed", "recommended"]);
        assert_eq!(
            kinds(&city, &chairs[1]).await,
            ["endorsed", "not-recommended"]
        );
        assert_eq!(kinds(&city, &city.leader).await, ["arrived 1"]);
    }
}

#[tokio::test]
async fn messages_are_read_one_or_all_and_nobody_reads_another_s() {
    for city in cities().await {
        let app = &city.city.app;
        city.at_the_district().await;
        let told = inbox(&city, &city.chair).await;
        let stranger = messages::open(app, &city.local, &told[0].id).await;
        assert!(matches!(
            stranger,
            Err(jianjia_app::core::error::Error::NotFound)
        ));
        messages::read_one(app, &city.local, &told[0].id)
            .await
            .unwrap();
        assert!(!inbox(&city, &city.chair).await[0].is_read);
        messages::read_until(app, &city.chair, told[0].at)
            .await
            .unwrap();
        assert!(inbox(&city, &city.chair).await[0].is_read);
        // After two years they are removed.
        let node = Node::new(app, jianjia_app::WORKS);
        worker::arm(app, &node).await.unwrap();
        let sweep = async || {
            let short = || worker::run_due_once(app, &node, Lane::Short);
            while short().await.unwrap().is_some() {}
        };
        sweep().await;
        assert_ne!(inbox(&city, &city.chair).await, []);
        city.on(2018, 10, 25);
        sweep().await;
        let left = inbox(&city, &city.chair).await;
        assert!(
            left.iter().all(|message| message.at == app.now()),
            "{left:?}"
        );
    }
}
