//! Stories of titles held: who may change them, and what follows.

#[path = "honour/certificates.rs"]
mod certificates;

use jianjia_app::{
    core::error::{Error, Result},
    honour::honour::{
        self, ChangeInput, RollQuery, batch_token, change, export, reconfirm, roll, view,
        withdraw_batch,
    },
    office::message as messages,
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        ids::HonourId,
        message::Kind,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    honour::honour::{Honour, HonourAct, HonourSource, HonourState},
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::{core::counter::next_numbers, honour::honour as honours};
use jiff::civil::date;

/// A city with a district, another district, a township and a grassroots union of the first; the approvers of the three levels, a reviewer and
/// a chair.
struct Cast {
    union: UnitPlace,
    of_city: Actor,
    of_district: Actor,
    of_township: Actor,
    of_other_district: Actor,
    reviewer: Actor,
    chair: Actor,
}

async fn cast(city: &TestCity) -> Cast {
    let top = city.unit(None, UnitKind::City, "市总工会").await;
    let district = city
        .unit(Some(&top), UnitKind::District, "天宁区总工会")
        .await;
    let other = city
        .unit(Some(&top), UnitKind::District, "钟楼区总工会")
        .await;
    let township = city
        .unit(Some(&district), UnitKind::Township, "兰陵街道总工会")
        .await;
    let union = city
        .unit(Some(&township), UnitKind::Grassroots, "甲厂工会")
        .await;
    let approver = |name: &'static str, unit: UnitPlace| async move {
        city.actor(name, &[(Role::Approver, &unit)]).await
    };
    Cast {
        of_city: approver("市", top).await,
        of_township: approver("镇", township).await,
        of_other_district: approver("邻", other).await,
        reviewer: city.actor("审", &[(Role::Reviewer, &district)]).await,
        of_district: approver("区", district).await,
        chair: city.actor("主席", &[(Role::Chair, &union)]).await,
        union,
    }
}

async fn held(city: &TestCity, unit: &UnitPlace, fill: impl FnOnce(&mut Honour)) -> Honour {
    let mut tx = city.app.db.write("test").await.unwrap();
    let now = city.app.now();
    let number = next_numbers(&mut tx, "test", 1).await.unwrap();
    let mut honour = Honour {
        id: HonourId(city.app.entropy.id(now)),
        title: "model-home".to_owned(),
        level: HonourLevel::County,
        year: 2016,
        unit: unit.id,
        unit_path: unit.path.clone(),
        unit_kind: unit.kind,
        division: String::new(),
        holder_name: unit.name.clone(),
        holder_sort_key: unit.name.clone(),
        person: None,
        person_name: String::new(),
        number: format!("{number}号"),
        begun_on: date(2016, 11, 20),
        state: HonourState::InForce,
        reconfirmed: false,
        reconfirmed_by: None,
        source: HonourSource::Named,
        named_by: None,
        application: None,
        batch: String::new(),
        revision: 1,
        recorded_at: now,
    };
    fill(&mut honour);
    honours::insert(&mut tx, &honour).await.unwrap();
    testing::keep(&city.app, tx).await;
    honour
}

fn because(reason: &str, revision: i64) -> ChangeInput {
    ChangeInput {
        reason: reason.to_owned(),
        document_number: "常工发〔2017〕3号".to_owned(),
        revision,
    }
}

fn told<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::NotFound) => "not found".to_owned(),
        Err(Error::Internal(error)) => format!("failed: {error:#}"),
    }
}

async fn story(city: &TestCity, honour: &Honour, viewer: &Actor) -> (HonourState, Vec<String>) {
    let view = view(&city.app, Some(viewer), &honour.id).await.unwrap();
    let events = view
        .events
        .iter()
        .map(|event| {
            format!(
                "{} {} {}",
                event.account_name,
                event.act.word(),
                event.reason
            )
        })
        .collect();
    (view.honour.state, events)
}

#[tokio::test]
async fn whoever_gives_a_title_takes_it_and_nobody_else_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let of_county = held(&city, &cast.union, |_| {}).await;
        let of_city = held(&city, &cast.union, |honour| {
            honour.title = "trusted-home".to_owned();
            honour.level = HonourLevel::City;
        })
        .await;
        let check = async |actor: &Actor, honour: &Honour, expect: &str| {
            let done = change(
                &city.app,
                actor,
                &honour.id,
                HonourAct::Suspended,
                &because("核查", 7),
            )
            .await;
            assert_eq!(told(done), expect, "{}", actor.name);
        };
        check(&cast.of_other_district, &of_county, "not found").await;
        check(&cast.chair, &of_county, "not-your-role").await;
        check(&cast.reviewer, &of_county, "not-your-role").await;
        check(&cast.of_township, &of_county, "honour/given-elsewhere").await;
        check(&cast.of_district, &of_city, "honour/given-elsewhere").await;
        // These may, and are told that the page is old.
        check(&cast.of_district, &of_county, "stale").await;
        check(&cast.of_city, &of_county, "stale").await;
        check(&cast.of_city, &of_city, "stale").await;
    }
}

#[tokio::test]
async fn a_title_is_suspended_resumed_and_revoked_with_reasons_and_its_story_stays_on_both_engines()
{
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let honour = held(&city, &cast.union, |_| {}).await;
        let act = async |act: HonourAct, input: ChangeInput| {
            told(change(&city.app, &cast.of_district, &honour.id, act, &input).await)
        };
        use HonourAct::{Resumed, Revoked, Suspended};
        assert_eq!(act(Suspended, because(" ", 1)).await, "fields");
        assert_eq!(act(Resumed, because("查清", 1)).await, "honour/wrong-state");
        assert_eq!(act(Suspended, because("核查", 1)).await, "done");
        // A double click does nothing more; another reason on the old page is told off.
        assert_eq!(act(Suspended, because("核查", 1)).await, "done");
        assert_eq!(act(Revoked, because("弄虚作假", 1)).await, "stale");
        assert_eq!(act(Resumed, because("查清", 2)).await, "done");
        assert_eq!(act(Revoked, because("弄虚作假", 3)).await, "done");
        assert_eq!(act(Resumed, because("又", 4)).await, "honour/wrong-state");
        assert_eq!(
            story(&city, &honour, &cast.chair).await,
            (
                HonourState::Revoked,
                vec![
                    "区 暂停 核查".to_owned(),
                    "区 恢复 查清".to_owned(),
                    "区 撤销 弄虚作假".to_owned(),
                ]
            )
        );
        let found = roll(&city.app, None, &RollQuery::default()).await.unwrap();
        assert_eq!(found.lines, [], "a revoked title is off the roll");
    }
}

#[tokio::test]
async fn a_batch_is_withdrawn_as_previewed_or_not_at_all_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let mut titles = ["trusted-home", "trusted-small-home", "trusted-kin"].into_iter();
        let mut batch = Vec::new();
        for title in &mut titles {
            batch.push(
                held(&city, &cast.union, |honour| {
                    honour.title = title.to_owned();
                    honour.level = HonourLevel::City;
                    honour.batch = "b1".to_owned();
                })
                .await,
            );
        }
        let seen: Vec<String> = batch.iter().map(batch_token).collect();
        let app = &city.app;
        let withdraw = async |actor: &Actor, batch: &str, seen: &[String]| {
            let done = withdraw_batch(app, actor, batch, seen, &because("文件作废", 0)).await;
            done.map(|withdrawn| withdrawn.len())
        };
        assert_eq!(
            told(withdraw(&cast.of_city, "elsewhere", &seen).await),
            "not found"
        );
        assert_eq!(
            told(withdraw(&cast.of_district, "b1", &seen).await),
            "honour/given-elsewhere"
        );
        change(
            app,
            &cast.of_city,
            &batch[0].id,
            HonourAct::Revoked,
            &because("弄虚作假", 1),
        )
        .await
        .unwrap();
        assert_eq!(told(withdraw(&cast.of_city, "b1", &seen).await), "stale");
        assert_eq!(
            withdraw(&cast.of_city, "b1", &seen[1..]).await.unwrap(),
            2,
            "the revoked one stays as it is"
        );
        assert_eq!(
            told(withdraw_batch(app, &cast.of_city, "b1", &[], &because("再来", 0)).await),
            "honour/nothing-to-withdraw"
        );
        let states: Vec<HonourState> = honour::batch(app, &cast.of_city, "b1")
            .await
            .unwrap()
            .iter()
            .map(|honour| honour.state)
            .collect();
        use HonourState::{Revoked, Withdrawn};
        assert_eq!(states, [Revoked, Withdrawn, Withdrawn]);
        // Whoever is told of several is told once, with a line for each; who did it is not told, nor who stands beside.
        let inbox = async |who: &Actor| -> Vec<(Kind, Vec<Kind>)> {
            let found = messages::inbox(app, who, 1).await.unwrap().messages;
            let kinds = found.iter().map(|message| {
                let lines = message.detail.lines.iter().map(|line| line.kind);
                (message.kind.unwrap(), lines.collect())
            });
            let mut kinds: Vec<(Kind, Vec<Kind>)> = kinds.collect();
            kinds.sort_by_key(|(kind, _)| kind.key());
            kinds
        };
        let together = (Kind::HonoursTaken, vec![Kind::HonourWithdrawn; 2]);
        for office in [&cast.of_district, &cast.reviewer, &cast.of_township] {
            assert_eq!(inbox(office).await, std::slice::from_ref(&together));
        }
        let revoked = (Kind::HonourRevoked, vec![]);
        assert_eq!(inbox(&cast.chair).await, [revoked, together]);
        for nobody in [&cast.of_city, &cast.of_other_district] {
            assert_eq!(inbox(nobody).await, []);
        }
    }
}

#[tokio::test]
async fn an_old_title_counts_once_its_federation_found_the_conditions_met_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let old = held(&city, &cast.union, |honour| {
            honour.year = 2014;
            honour.level = HonourLevel::City;
            honour.source = HonourSource::Imported;
        })
        .await;
        let of_county = held(&city, &cast.union, |honour| honour.year = 2015).await;
        let say = async |actor: &Actor, honour: &Honour, revision| {
            told(reconfirm(&city.app, actor, &honour.id, &because("复核", revision)).await)
        };
        assert_eq!(say(&cast.of_other_district, &old, 1).await, "not found");
        assert_eq!(
            say(&cast.of_township, &old, 1).await,
            "honour/not-the-federation"
        );
        assert_eq!(
            say(&cast.of_district, &of_county, 1).await,
            "honour/not-equivalent"
        );
        assert_eq!(say(&cast.of_district, &old, 1).await, "done");
        assert_eq!(say(&cast.of_district, &old, 1).await, "done");
        assert_eq!(
            say(&cast.of_city, &old, 2).await,
            "honour/reconfirmed-already"
        );
        let view = view(&city.app, Some(&cast.chair), &old.id).await.unwrap();
        assert_eq!(
            (
                view.honour.reconfirmed,
                view.reconfirmed_by.map(|unit| unit.name)
            ),
            (true, Some("天宁区总工会".to_owned()))
        );
    }
}

#[tokio::test]
async fn the_public_sees_no_full_name_and_nobody_who_acted_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let honour = held(&city, &cast.union, |honour| {
            honour.title = "outstanding-worker".to_owned();
            honour.person = Some(jianjia_domain::core::ids::PersonId(honour.id.0));
            honour.person_name = "张三丰".to_owned();
        })
        .await;
        change(
            &city.app,
            &cast.of_district,
            &honour.id,
            HonourAct::Suspended,
            &because("核查", 1),
        )
        .await
        .unwrap();
        change(
            &city.app,
            &cast.of_district,
            &honour.id,
            HonourAct::Resumed,
            &because("查清", 2),
        )
        .await
        .unwrap();
        let names = async |actor: Option<&Actor>| {
            let view = view(&city.app, actor, &honour.id).await.unwrap();
            let page = roll(&city.app, actor, &RollQuery::default()).await.unwrap();
            let whole = export(&city.app, actor, &RollQuery::default(), (10, 0)).await;
            let (all, _) = whole.unwrap();
            (
                view.honour.person_name,
                view.events[0].account_name.clone(),
                page.lines[0].entry.person_name.clone(),
                all[0].entry.person_name.clone(),
            )
        };
        let of = |name: &str, who: &str| {
            (
                name.to_owned(),
                who.to_owned(),
                name.to_owned(),
                name.to_owned(),
            )
        };
        assert_eq!(names(None).await, of("张**", ""));
        assert_eq!(names(Some(&cast.of_other_district)).await, of("张**", ""));
        assert_eq!(names(Some(&cast.chair)).await, of("张三丰", "区"));
    }
}
