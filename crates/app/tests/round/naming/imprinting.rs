//! Number, addressees and day of issue of official papers: said by whoever does the act, printed on the paper, given once a year.

use jianjia_app::{
    core::paper::Sheet,
    honour::honour::{ChangeInput, change, named_together, view},
    imprint as imprints,
    round::{application as applications, paper::publication},
};
use jianjia_demo::testing::TestCity;
use jianjia_domain::{
    core::imprint::{ImprintInput, Official},
    honour::honour::HonourAct,
};
use jianjia_store::testing as store_testing;

use super::{papers::decided, publishing::published, *};

/// The number of a batch's decision, as its paper, its list, the page of its first title and that of its application say it.
async fn numbers(city: &TestCity, who: &Actor, batch: &str, id: &ApplicationId) -> [String; 4] {
    let decision = sheet(city, who, "decision", batch).await;
    let listed = named_together(&city.app, who, batch).await.unwrap();
    let title = &listed.honours[0].id;
    let title = view(&city.app, Some(who), title).await.unwrap();
    let applied = applications::view(&city.app, who, id).await.unwrap();
    [
        decision.data["number"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        listed.document_number,
        title.events[0].document_number.clone(),
        applied.events.last().unwrap().opinion.clone(),
    ]
}

async fn sheet(city: &TestCity, who: &Actor, of_kind: &str, of: &str) -> Sheet {
    papers::sheet(city, who, of_kind, of).await.unwrap()
}

fn number(typed: &str, revision: i64) -> ImprintInput {
    ImprintInput {
        number: typed.to_owned(),
        revision: revision.to_string(),
        ..ImprintInput::default()
    }
}

#[tokio::test]
async fn a_decision_prints_what_the_office_said_and_leaves_blank_what_it_did_not() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let batch = decided(&city, &cast, id, "常工发〔2017〕5号").await;
        let batch = batch.unwrap();
        let batch = batch.as_str();
        let say = async |who: &Actor, input: &ImprintInput| {
            told(imprints::say(app, who, Official::Decision, batch, input).await)
        };
        let decision = sheet(&city, &cast.approver, "decision", batch).await;
        // As it was named by, and nothing else.
        assert_eq!(decision.data["number"], "常工发〔2017〕5号");
        assert!(decision.data["issued_on"].is_null() && decision.data["copies"].is_null());
        let begun = imprints::show(app, &cast.approver, Official::Decision, batch).await;
        let begun = begun.unwrap().input();
        assert_eq!(
            (begun.number.as_str(), begun.revision.as_str()),
            ("常工发〔2017〕5号", "0")
        );

        let typed = ImprintInput {
            number: "常工发[2017]12号".to_owned(),
            addressees: "各辖市、区总工会，各市直属单位工会：".to_owned(),
            copies: "江苏省总工会，市委办公室".to_owned(),
            issued_on: "2017-03-02".to_owned(),
            revision: "0".to_owned(),
        };
        assert_eq!(say(&cast.reviewer, &typed).await, "not-your-role");
        assert_eq!(say(&cast.approver, &typed).await, "done");
        assert_eq!(say(&cast.approver, &typed).await, "done", "a double click");
        let decision = sheet(&city, &cast.approver, "decision", batch).await;
        assert_eq!(decision.data["number"], "常工发〔2017〕12号");
        assert_eq!(
            decision.data["addressees"],
            "各辖市、区总工会，各市直属单位工会"
        );
        assert_eq!(
            decision.data["copies"],
            serde_json::json!(["江苏省总工会", "市委办公室"])
        );
        assert_eq!(decision.data["issued_on"], "2017-03-02");
        // A form that was made before.
        assert_eq!(
            say(&cast.approver, &number("常工发〔2017〕13号", 0)).await,
            "stale"
        );
        assert_eq!(
            say(&cast.approver, &number("第12号", 1)).await,
            "number: imprint/number-shape"
        );
        let mut tx = app.db.read().await.unwrap();
        let lines = store_testing::texts(
            &mut tx,
            "SELECT noun_id FROM audit WHERE act = 'say-imprint'",
        )
        .await;
        assert_eq!(lines, [batch]);
    }
}

#[tokio::test]
async fn paper_list_title_and_application_say_one_number_of_a_decision() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let batch = decided(&city, &cast, id, "常工发〔2017〕5号").await;
        let batch = batch.unwrap();
        let say = async |typed: &str, revision: i64| {
            let input = number(typed, revision);
            told(
                imprints::say(
                    &city.app,
                    &cast.approver,
                    Official::Decision,
                    &batch,
                    &input,
                )
                .await,
            )
        };
        let check = async |expect: &str| {
            let said = numbers(&city, &cast.approver, &batch, &id).await;
            assert_eq!(said, [expect; 4]);
        };
        check("常工发〔2017〕5号").await;
        assert_eq!(say("常工发〔2017〕12号", 0).await, "done");
        check("常工发〔2017〕12号").await;
        // Left empty again, it is that of the naming.
        assert_eq!(say("", 1).await, "done");
        check("常工发〔2017〕5号").await;
    }
}

#[tokio::test]
async fn an_office_gives_a_number_once_and_a_public_notice_may_have_one() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        candidate(&city, &cast, "甲厂工会").await;
        let id = published(&city, &cast.approver).await;
        let shown = id.to_string();
        let say = async |who: &Actor, kind: Official, of: &str, input: &ImprintInput| {
            told(imprints::say(app, who, kind, of, input).await)
        };
        let of_round = number("常工发〔2017〕7号", 0);
        for (who, told) in [
            (&cast.of_district, "not found"),
            (&cast.reviewer, "not-your-role"),
            (&cast.approver, "done"),
        ] {
            let said = say(who, Official::Notice, "2016", &of_round).await;
            assert_eq!(said, told);
        }
        let notice = sheet(&city, &cast.approver, "notice", "2016").await;
        assert_eq!(notice.data["number"], "常工发〔2017〕7号");
        let taken = say(&cast.approver, Official::Publication, &shown, &of_round).await;
        assert_eq!(taken, "number: imprint/number-used");
        let own = number("常工发〔2017〕8号", 0);
        let said = say(&cast.approver, Official::Publication, &shown, &own).await;
        assert_eq!(said, "done");
        let public = publication::public(app, &id).await.unwrap();
        assert_eq!(public.data["number"], "常工发〔2017〕8号");
        for (kind, of) in [
            (Official::Notice, "1999"),
            (Official::Publication, "7"),
            (Official::Decision, "no-such-batch"),
            (Official::SpotCheckReport, "2016"),
        ] {
            let nothing = say(&cast.approver, kind, of, &own).await;
            assert!(
                ["not found", "round/outside-programme"].contains(&nothing.as_str()),
                "{kind}: {nothing}"
            );
        }
    }
}

#[tokio::test]
async fn a_number_by_which_the_office_acted_is_given_to_no_other_paper() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let say = async |kind: Official, of: &str, input: &ImprintInput| {
            told(imprints::say(app, &cast.approver, kind, of, input).await)
        };
        let of_round = number("常工发〔2017〕7号", 0);
        assert_eq!(say(Official::Notice, "2016", &of_round).await, "done");
        // By the notice's number nothing is named, whatever brackets were typed.
        let named = decided(&city, &cast, id, "常工发[2017]7号").await;
        assert_eq!(told(named), "document_number: imprint/number-used");
        let batch = decided(&city, &cast, id, "常工发[2017]5号").await;
        let batch = batch.unwrap();
        let decision = sheet(&city, &cast.approver, "decision", &batch).await;
        assert_eq!(decision.data["number"], "常工发〔2017〕5号");
        // The number of the naming, and that of the programme itself.
        for used in ["常工发〔2017〕5号", "常工发〔2016〕21号"] {
            let told = say(Official::Notice, "2016", &number(used, 1)).await;
            assert_eq!(told, "number: imprint/number-used", "{used}");
        }
        let mut tx = app.db.read().await.unwrap();
        let honours = honours_store::of_batch(&mut tx, &batch).await.unwrap();
        tx.commit().await.unwrap();
        let taken = ChangeInput {
            reason: "核查中".to_owned(),
            document_number: "常工发（2017）9号".to_owned(),
            revision: honours[0].revision,
        };
        let act = HonourAct::Suspended;
        change(app, &cast.approver, &honours[0].id, act, &taken)
            .await
            .unwrap();
        for (kind, of, revision) in [
            (Official::Notice, "2016", 1),
            (Official::Decision, batch.as_str(), 0),
        ] {
            let told = say(kind, of, &number("常工发〔2017〕9号", revision)).await;
            assert_eq!(told, "number: imprint/number-used", "{kind}");
        }
        // Once the decision has another number, that of the naming is free.
        let own = number("常工发〔2017〕12号", 0);
        assert_eq!(say(Official::Decision, &batch, &own).await, "done");
        let freed = number("常工发〔2017〕5号", 1);
        assert_eq!(say(Official::Notice, "2016", &freed).await, "done");
    }
}
