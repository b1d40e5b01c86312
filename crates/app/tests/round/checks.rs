//! Stories of spot checks: the frame first, the seed later, and nobody chooses.

use std::collections::BTreeSet;

use jianjia_app::{
    check::{
        inspection, remark as remarks,
        spot_check::{self as checks, public},
        visit as visits,
    },
    core::{
        app::App,
        paper::{self as papers, Format},
        standard::Standards,
    },
    exchange::verification,
    office::message as messages,
    year::sheet::{self as sheets, SayInput},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    check::{
        draw,
        remark::RemarkInput,
        spot_check::{InspectorState, Publication},
        visit::LeavingBy,
    },
    core::{
        ids::{AccountId, UnitId},
        message::Kind,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
};
use jianjia_standard::{fact::FactValue, kinds::HonourLevel};
use jiff::civil::{Date, date};

use super::key;

#[path = "checks/inspectors.rs"]
mod inspectors;

const SEED: &str = "03 07 15 19 22 31 + 08";

/// A city with two districts and an industry federation, each with a reviewer and an approver, and ten qualified homes.
struct CheckedCity {
    city: TestCity,
    district: UnitPlace,
    unions: Vec<UnitPlace>,
    /// Of the unions, in their order.
    chairs: Vec<Actor>,
    leader: Actor,
    inspectors: Vec<(Actor, UnitPlace)>,
}

async fn cities(announced: bool) -> Vec<CheckedCity> {
    let mut cities = Vec::new();
    for city in testing::both(date(2016, 12, 1)).await {
        cities.push(checked(city, announced).await);
    }
    cities
}

async fn checked(mut city: TestCity, announced: bool) -> CheckedCity {
    let mut standard = testing::changzhou();
    if let Some(rules) = &mut standard.spot_check {
        rules.announced = announced;
    }
    city.app = App {
        standards: Standards::of_one(standard),
        ..city.app
    };
    let top = city.unit(None, UnitKind::City, "市总工会").await;
    let mut unions = Vec::new();
    let mut inspectors = Vec::new();
    let mut federations = Vec::new();
    for (kind, name, below) in [
        (UnitKind::District, "天宁区", 6),
        (UnitKind::District, "钟楼区", 3),
        (UnitKind::Industry, "建设", 1),
    ] {
        let federation = city.unit(Some(&top), kind, &format!("{name}总工会")).await;
        for number in 1..=below {
            let name = format!("{name}{number}厂工会");
            let union = city
                .unit(Some(&federation), UnitKind::Grassroots, &name)
                .await;
            city.holds(&union, None, "qualified-home", 2016, HonourLevel::County)
                .await;
            unions.push(union);
        }
        for role in [Role::Reviewer, Role::Approver] {
            let name = format!("{name}{}", role.word());
            let inspector = city.actor(&name, &[(role, &federation)]).await;
            inspectors.push((inspector, federation.clone()));
        }
        federations.push(federation);
    }
    let mut chairs = Vec::new();
    for union in &unions {
        let name = format!("{}主席", union.name);
        chairs.push(city.actor(&name, &[(Role::Chair, union)]).await);
    }
    let leader = city.actor("市总审批", &[(Role::Approver, &top)]).await;
    CheckedCity {
        district: federations.remove(0),
        city,
        unions,
        chairs,
        leader,
        inspectors,
    }
}

impl CheckedCity {
    /// As the leader sees it today: all candidates, the lottery of 20 December.
    async fn publication(&self) -> Publication {
        let preview = checks::preview(&self.city.app, &self.leader, 2016)
            .await
            .unwrap();
        Publication {
            lottery_name: "双色球".to_owned(),
            lottery_issue: "2016149".to_owned(),
            lottery_on: Some(date(2016, 12, 20)),
            inspectors: preview
                .candidates
                .iter()
                .map(|candidate| candidate.account)
                .collect(),
            seen: preview.plan.seen,
        }
    }

    async fn publish(&self) {
        let publication = self.publication().await;
        checks::publish(&self.city.app, &self.leader, 2016, &publication)
            .await
            .unwrap();
    }

    async fn draw(&self) {
        self.set(date(2016, 12, 21));
        checks::draw(&self.city.app, &self.leader, 2016, SEED)
            .await
            .unwrap();
    }

    /// Somebody's roles are taken.
    async fn ends(&self, account: &AccountId) {
        let mut tx = self.city.app.db.write("test").await.unwrap();
        let taken = sqlx::query("DELETE FROM account_role WHERE account_id = $1")
            .bind(account.to_string())
            .execute(&mut *tx)
            .await;
        assert!(taken.unwrap().rows_affected() > 0);
        testing::keep(&self.city.app, tx).await;
    }

    fn set(&self, day: Date) {
        self.city.app.clock.set(day);
    }

    /// What somebody is told, by kind.
    async fn told(&self, actor: &Actor) -> Vec<String> {
        let found = messages::inbox(&self.city.app, actor, 1).await.unwrap();
        let kinds = found.messages.iter();
        kinds
            .map(|message| message.kind.map_or("?", Kind::key).to_owned())
            .collect()
    }
}

#[tokio::test]
async fn nobody_is_added_or_left_out_between_frame_and_seed_on_both_engines() {
    for checked in cities(false).await {
        let (city, app) = (&checked.city, &checked.city.app);
        let publication = checked.publication().await;
        // Somebody gets the title before it is published: the frame is another one than was looked at.
        let late = city
            .unit(Some(&checked.district), UnitKind::Grassroots, "后来厂工会")
            .await;
        city.holds(&late, None, "qualified-home", 2016, HonourLevel::County)
            .await;
        let stale = checks::publish(app, &checked.leader, 2016, &publication).await;
        assert_eq!(key(stale), "spot-check/frame-changed");
        let publication = checked.publication().await;
        let nobody = Publication {
            inspectors: Vec::new(),
            ..publication.clone()
        };
        let nobody = checks::publish(app, &checked.leader, 2016, &nobody).await;
        assert_eq!(key(nobody), "spot-check/no-inspectors");
        let own = Publication {
            inspectors: vec![checked.inspectors[0].0.account],
            ..publication.clone()
        };
        let own = checks::publish(app, &checked.leader, 2016, &own).await;
        assert_eq!(key(own), "spot-check/too-few-inspectors");
        let check = checks::publish(app, &checked.leader, 2016, &publication)
            .await
            .unwrap();
        assert_eq!(check.units, 11);
        // Sent twice, it is published once; another frame is refused.
        let again = checks::publish(app, &checked.leader, 2016, &publication).await;
        assert_eq!(again.unwrap(), check);
        let other = Publication {
            lottery_issue: "2016150".to_owned(),
            ..publication.clone()
        };
        let other = checks::publish(app, &checked.leader, 2016, &other).await;
        assert_eq!(key(other), "spot-check/published-already");
        let preview = checks::preview(app, &checked.leader, 2016).await;
        assert_eq!(key(preview), "spot-check/published-already");

        let file = public::frame_file(app, 2016).await.unwrap();
        assert_eq!(draw::hash(file.as_bytes()), check.frame_hash);
        assert!(!file.contains("厂工会"));
        let more = city
            .unit(Some(&checked.district), UnitKind::Grassroots, "更晚厂工会")
            .await;
        city.holds(&more, None, "qualified-home", 2016, HonourLevel::County)
            .await;
        let early = checks::draw(app, &checked.leader, 2016, SEED).await;
        assert_eq!(key(early), "spot-check/too-early");
        checked.set(date(2016, 12, 21));
        let short = checks::draw(app, &checked.leader, 2016, "123").await;
        assert_eq!(key(short), "draw/wrong-length");
        let drawn = checks::draw(app, &checked.leader, 2016, SEED)
            .await
            .unwrap();
        let done = drawn.drawn.as_ref().unwrap();
        assert_eq!(done.seed, "03071519223108");
        assert_eq!(done.due_on, date(2017, 2, 19));
        let again = checks::draw(app, &checked.leader, 2016, SEED).await;
        assert_eq!(again.unwrap(), drawn);
        let other = checks::draw(app, &checked.leader, 2016, "99999").await;
        assert_eq!(key(other), "spot-check/drawn-already");

        let sample = checks::sample(app, &checked.leader, 2016).await.unwrap();
        assert_eq!(sample.lines.len() as i64, check.sample);
        let frame = draw::read_frame(&file).unwrap();
        let mut entries: Vec<&str> = sample
            .lines
            .iter()
            .map(|line| line.visit.entry.as_str())
            .collect();
        entries.sort_unstable();
        let of_file = draw::draw(&frame, "03071519223108");
        let mut expected: Vec<&str> = of_file.iter().map(|one| one.unit.as_str()).collect();
        expected.sort_unstable();
        assert_eq!(entries, expected);
        assert!(sample.lines.iter().all(|line| line.visit.unit != more.id));
        let repeated = checks::repeat(app, 2016).await.unwrap().unwrap();
        assert!(repeated.is_same);
        assert_eq!(
            repeated.sample,
            draw::sample_text(&check.frame_hash, "03071519223108", &of_file)
        );
        // Nobody may know who was drawn before they were visited.
        assert_eq!(key(public::sample_file(app, 2016).await), "not-found");
        assert_eq!(
            key(public::units_file(app, &checked.leader, 2016).await),
            "not-found"
        );
        let shown = public::find(app, 2016).await.unwrap();
        assert!(!shown.is_done);
        assert_eq!(checked.told(&checked.chairs[0]).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_list_of_a_check_is_the_citys_alone_and_can_be_set() {
    for (place, checked) in cities(false).await.into_iter().enumerate() {
        let app = &checked.city.app;
        let of_kind = |name: &str| jianjia_app::paper::kind(name).unwrap();
        let sheet = async |who: &Actor, name: &str| {
            jianjia_app::paper::sheet(app, who, of_kind(name), "2016").await
        };
        checked.publish().await;
        assert_eq!(key(sheet(&checked.leader, "spot-check").await), "not-found");
        checked.draw().await;
        let list = sheet(&checked.leader, "spot-check").await.unwrap();
        let sample = checks::sample(app, &checked.leader, 2016).await.unwrap();
        let rows = list.data["rows"].as_array().unwrap();
        assert_eq!(rows.len(), sample.lines.len());
        assert_eq!(rows[0]["union"], sample.lines[0].visit.unit_name.as_str());
        assert_eq!(list.data["seed"], "03071519223108");
        assert_eq!(list.data["lottery"], "双色球第2016149期");
        assert_eq!(
            key(sheet(&checked.inspectors[0].0, "spot-check").await),
            "not-found"
        );
        // No circular while homes are still to be visited.
        assert_eq!(
            key(sheet(&checked.leader, "spot-check-report").await),
            "not-found"
        );
        let mut tx = app.db.write("test").await.unwrap();
        let closed = sqlx::query("UPDATE visit SET state = 'closed', colour = 'green'")
            .execute(&mut *tx)
            .await;
        assert!(closed.unwrap().rows_affected() > 0);
        testing::keep(app, tx).await;
        let circular = sheet(&checked.leader, "spot-check-report").await.unwrap();
        assert_eq!(circular.data["drawn"], sample.lines.len());
        assert_eq!(circular.data["total"]["red"], serde_json::Value::Null);
        assert!(
            !circular.data.to_string().contains("厂工会"),
            "it names nobody"
        );
        if place == 0 {
            for sheet in [list, circular] {
                let word = papers::one(app, sheet, Format::Docx).await.unwrap();
                assert!(word.starts_with(b"PK"));
            }
        }
    }
}

#[tokio::test]
async fn inspectors_come_from_elsewhere_and_one_with_a_conflict_is_replaced_on_both_engines() {
    for checked in cities(false).await {
        let app = &checked.city.app;
        checked.publish().await;
        checked.draw().await;
        let sample = checks::sample(app, &checked.leader, 2016).await.unwrap();
        let federation = |account| {
            let known = checked.inspectors.iter();
            let mut of = known.filter(|(actor, _)| actor.account == account);
            of.next().unwrap()
        };
        for line in &sample.lines {
            assert_eq!(line.inspectors.len(), 2);
            for inspector in &line.inspectors {
                let (_, from) = federation(inspector.account);
                assert!(!line.visit.unit_path.starts_with(&from.path));
            }
        }
        let page = checks::sample_page(app, &checked.leader, 2016, 1).await;
        let page = page.unwrap();
        let counted = i64::try_from(sample.lines.len()).unwrap();
        assert_eq!(
            (page.total, page.pages, &page.sample),
            (counted, 1, &sample)
        );
        let line = &sample.lines[0];
        let (actor, _) = federation(line.inspectors[0].account);
        assert_eq!(checked.told(actor).await, ["inspector-drawn"]);
        let own = visits::mine(app, actor, None).await.unwrap().visits;
        assert!(own.contains(&line.visit));
        let id = &line.visit.id;
        let no_reason = visits::declare_conflict(app, actor, id, " ").await;
        assert_eq!(key(no_reason), "spot-check/no-reason");
        let foreign = visits::declare_conflict(app, &checked.chairs[0], id, "不是我").await;
        assert_eq!(key(foreign), "not-found");
        for _ in 0..2 {
            visits::declare_conflict(app, actor, id, "曾在那里任职")
                .await
                .unwrap();
        }
        let again = visits::declare_conflict(app, actor, id, "又一个理由").await;
        assert_eq!(key(again), "spot-check/conflict-declared");
        let after = checks::sample(app, &checked.leader, 2016).await.unwrap();
        let now = &after.lines[0].inspectors;
        assert_eq!(now.len(), 3);
        let conflict = now[0].left.as_ref().unwrap();
        assert_eq!(conflict.reason, "曾在那里任职");
        assert_eq!((now[1].place, &now[1].left), (1, &None));
        let (successor, from) = federation(now[1].account);
        assert!(!line.visit.unit_path.starts_with(&from.path));
        assert!(now[1].account != now[2].account);
        let told = checked.told(successor).await;
        assert!(told.iter().all(|kind| kind == "inspector-drawn"));
        let own = visits::mine(app, actor, None).await.unwrap().visits;
        assert!(!own.contains(&line.visit));
        let own = visits::find(app, successor, id).await.unwrap();
        assert_eq!(own.visit, line.visit);
        assert_eq!(
            key(visits::find(app, &checked.chairs[0], id).await),
            "not-found"
        );
    }
}

#[tokio::test]
async fn what_a_home_had_declared_stays_what_it_is_compared_with_on_both_engines() {
    for city in cities(false).await {
        city.publish().await;
        city.draw().await;
        let app = &city.city.app;
        let mut looked_at = 0;
        for (inspector, _) in &city.inspectors {
            let Some(visit) = visits::mine(app, inspector, None)
                .await
                .unwrap()
                .visits
                .pop()
            else {
                continue;
            };
            let declared = async || -> Vec<Option<FactValue>> {
                let view = inspection::view(app, inspector, &visit.id).await.unwrap();
                let facts = view.clauses.into_iter().flat_map(|clause| clause.declared);
                facts.map(|declared| declared.value).collect()
            };
            let before = declared().await;
            let place = city.unions.iter().position(|union| union.id == visit.unit);
            let chair = &city.chairs[place.unwrap()];
            let input = SayInput {
                typed: [("own_account".to_owned(), "yes".to_owned())].into(),
                ..SayInput::default()
            };
            sheets::say(app, chair, &visit.unit, None, 2016, &input)
                .await
                .unwrap();
            assert_eq!(declared().await, before);
            looked_at += 1;
        }
        assert!(looked_at > 0);
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn a_unit_is_told_before_where_the_standard_says_so_on_both_engines() {
    for checked in cities(true).await {
        let app = &checked.city.app;
        checked.publish().await;
        checked.draw().await;
        let sample = checks::sample(app, &checked.leader, 2016).await.unwrap();
        let drawn: BTreeSet<UnitId> = sample.lines.iter().map(|line| line.visit.unit).collect();
        assert!(drawn.len() < checked.unions.len());
        for (union, chair) in checked.unions.iter().zip(&checked.chairs) {
            let expected: &[&str] = match drawn.contains(&union.id) {
                true => &["visit-announced"],
                false => &[],
            };
            assert_eq!(checked.told(chair).await, expected, "{}", union.name);
        }
    }
}

#[tokio::test]
async fn only_the_city_sees_frame_and_sample_and_only_its_approver_publishes_on_both_engines() {
    for checked in cities(false).await {
        let (city, app) = (&checked.city, &checked.city.app);
        let root = &checked.leader.roles[0].unit;
        let reviewer = city.actor("市总审核", &[(Role::Reviewer, root)]).await;
        let publication = checked.publication().await;
        let (district, _) = &checked.inspectors[1];
        let strangers = [district, &checked.chairs[0]];
        for stranger in strangers {
            assert_eq!(key(checks::list(app, stranger).await), "not-found");
            assert_eq!(key(checks::preview(app, stranger, 2016).await), "not-found");
            let publishing = checks::publish(app, stranger, 2016, &publication).await;
            assert_eq!(key(publishing), "not-found");
        }
        let preview = checks::preview(app, &reviewer, 2016).await.unwrap();
        assert!(!preview.may_publish);
        let publishing = checks::publish(app, &reviewer, 2016, &publication).await;
        assert_eq!(key(publishing), "not-your-role");
        checked.publish().await;
        checked.draw().await;
        for stranger in strangers {
            assert_eq!(key(checks::show(app, stranger, 2016).await), "not-found");
            assert_eq!(key(checks::sample(app, stranger, 2016).await), "not-found");
            let frame = checks::frame(app, stranger, 2016, None, 1).await;
            assert_eq!(key(frame), "not-found");
        }
        let frame = checks::frame(app, &reviewer, 2016, None, 1).await.unwrap();
        assert_eq!((frame.total, frame.pages), (10, 1));
        let scores: Vec<i64> = frame.units.iter().map(|unit| unit.score).collect();
        assert!(scores.is_sorted_by(|one, other| one >= other));
        assert!(frame.units.iter().all(|unit| !unit.reasons.is_empty()));
        let narrow =
            checks::frame(app, &reviewer, 2016, Some(frame.strata[0].name.as_str()), 1).await;
        assert_eq!(narrow.unwrap().total, frame.strata[0].units);
    }
}
