//! A new version of the standard, from its files to the day on which it holds: the years before stay as they were.

#[path = "amending/people.rs"]
mod people;

use jianjia_app::{
    WORKS,
    amending::{
        amendment::{self as amendments, Sent, Source},
        edition as editions,
    },
    core::{
        error::Error,
        job::{
            Lane,
            worker::{Node, run_due_once},
        },
        standard::{self as standards},
    },
    exchange::verification,
    year::assessment as assessments,
};
use jianjia_domain::{
    amending::{
        amendment::{AmendmentState, DraftInput, ProposalInput},
        edition::EditionState,
    },
    core::{
        ids::{AmendmentId, JudgementId},
        policy::{Actor, Role},
    },
    year::{assessment::KeptJudgement, totals::RatingTotals},
};
use jianjia_standard::{
    amendment::{Change, from_changes},
    judgement::Status,
};
use jianjia_store::{
    core::standard::StandardTexts,
    year::{judgement, standing},
};
use jiff::civil::date;

use crate::{
    city::{RoundCity, cities},
    key,
};

fn changzhou() -> StandardTexts {
    StandardTexts {
        standard_toml: include_str!("../../../../standards/changzhou-2016/standard.toml")
            .to_owned(),
        facts_toml: include_str!("../../../../standards/changzhou-2016/facts.toml").to_owned(),
    }
}

/// The standard with another figure for the satisfaction of a model home.
fn asking(satisfaction: &str) -> Vec<Sent> {
    let texts = changzhou();
    let change = Change {
        title: "model-home".to_owned(),
        clause: "M5d".to_owned(),
        path: "check.at_least".to_owned(),
        value: satisfaction.to_owned(),
    };
    let changed = from_changes(&texts.standard_toml, &[change]).unwrap();
    vec![
        Sent::text("standard.toml", &changed),
        Sent::text("facts.toml", &texts.facts_toml),
    ]
}

/// Two approvers of the city, and a version that one of them drafted.
struct Office {
    first: Actor,
    second: Actor,
    id: AmendmentId,
}

impl Office {
    async fn of(city: &RoundCity, satisfaction: &str) -> Office {
        let second = city
            .city
            .actor("市里孙部长", &[(Role::Approver, &city.top)])
            .await;
        let from = Source::Upload {
            year: 2016,
            sent: asking(satisfaction),
        };
        let input = DraftInput {
            name: "2017 年修订".to_owned(),
            reason: "满意度要求提高".to_owned(),
            request_key: format!("draft {satisfaction}"),
        };
        let id = amendments::draft(&city.city.app, &city.leader, &from, &input)
            .await
            .unwrap();
        Office {
            first: city.leader.clone(),
            second,
            id,
        }
    }

    async fn propose(&self, city: &RoundCity, year: &str, day: &str) -> Result<(), Error> {
        let app = &city.city.app;
        let view = amendments::view(app, &self.first, &self.id).await.unwrap();
        let input = ProposalInput {
            from_year: year.to_owned(),
            from_on: day.to_owned(),
            seen: view.amendment.revision.to_string(),
        };
        editions::propose(app, &self.first, &self.id, &input).await
    }

    async fn seen(&self, city: &RoundCity) -> String {
        let app = &city.city.app;
        let view = amendments::view(app, &self.first, &self.id).await.unwrap();
        view.amendment.revision.to_string()
    }

    /// Proposed and confirmed for 2017, from the first of March on.
    async fn confirmed(&self, city: &RoundCity) {
        self.propose(city, "2017", "2017-03-01").await.unwrap();
        let seen = self.seen(city).await;
        editions::confirm(&city.city.app, &self.second, &self.id, &seen)
            .await
            .unwrap();
    }
}

/// Does all jobs that are due.
async fn run_jobs(city: &RoundCity) -> usize {
    let app = &city.city.app;
    let node = Node::new(app, WORKS);
    let mut done = 0;
    while let Some(_job) = run_due_once(app, &node, Lane::Long).await.unwrap() {
        done += 1;
    }
    done
}

async fn satisfaction_in(city: &RoundCity, year: i16) -> Status {
    let app = &city.city.app;
    let mut tx = app.db.read().await.unwrap();
    let day = date(year, 10, 20);
    let assessed = assessments::assess(&mut tx, app, &city.union.id, None, year, day)
        .await
        .unwrap();
    let verdict = assessed.judgement.verdict("model-home").unwrap();
    verdict.criterion("M5d").unwrap().status
}

#[tokio::test]
async fn a_version_holds_for_2017_and_2016_stays_as_it_was_judged() {
    for city in cities().await {
        let app = &city.city.app;
        let given = [changzhou()];
        let old = app.standards.of(2016).version.clone();
        let application = city.applied(&city.chair, &city.union, "model-home").await;
        let office = Office::of(&city, "88%").await;
        let view = amendments::view(app, &office.first, &office.id)
            .await
            .unwrap();
        assert_eq!(view.amendment.state, AmendmentState::Checked);
        let new = view.amendment.checked.version.clone();
        assert_ne!(new, old);

        // A year that was judged keeps its standard, and nobody puts a version in force alone.
        let decided = office.propose(&city, "2016", "2016-10-21").await;
        assert_eq!(key(decided), "amendment/decided");
        let late = office.propose(&city, "2017", "2017-10-01").await;
        assert_eq!(key(late), "amendment/under-way");
        office.propose(&city, "2017", "2017-03-01").await.unwrap();
        let seen = office.seen(&city).await;
        let own = editions::confirm(app, &office.first, &office.id, &seen).await;
        assert_eq!(key(own), "amendment/own-proposal");
        let stale = editions::confirm(app, &office.second, &office.id, "1").await;
        assert_eq!(key(stale), "stale");
        let reviewer = editions::confirm(app, &city.reviewer, &office.id, &seen).await;
        assert_eq!(key(reviewer), "not-found");
        let edition = editions::confirm(app, &office.second, &office.id, &seen)
            .await
            .unwrap();
        assert_eq!(edition.state, EditionState::Waiting);
        // What is sent twice is confirmed once.
        let again = editions::confirm(app, &office.second, &office.id, &seen).await;
        assert_eq!(key(again), "amendment/not-proposed");

        // Its day has not come.
        editions::tend(app).await.unwrap();
        assert_eq!(app.standards.of(2017).version, old);
        city.on(2017, 3, 1);
        editions::tend(app).await.unwrap();
        let versions = [2016, 2017, 2020].map(|year| app.standards.of(year).version.as_str());
        assert_eq!(versions, [old.as_str(), new.as_str(), new.as_str()]);
        assert_eq!(app.standards.years(), [2016, 2017, 2018, 2019, 2020]);

        // 86 of 100 were enough in 2016 and are not in 2017.
        let rated = RatingTotals::of(
            190,
            [
                ("satisfied", 66),
                ("basically_satisfied", 20),
                ("dissatisfied", 14),
                ("void", 0),
            ],
        );
        city.city.rated(&city.union, 2017, rated).await;
        assert_eq!(satisfaction_in(&city, 2017).await, Status::Unmet);
        assert_eq!(satisfaction_in(&city, 2016).await, Status::Met);
        // All are judged anew, as the year that runs is one of the edition's.
        assert!(run_jobs(&city).await > 0);
        let mut tx = app.db.read().await.unwrap();
        let stands = standing::of_unit(&mut tx, &city.union, 2017).await.unwrap();
        assert_eq!(stands.unwrap().verdicts["model"], "unmet");
        let kept = judgement::find(&mut tx, &application.judgement.unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(kept.standard_hash, old);
        drop(tx);
        let verified = verification::verify(app).await.unwrap();
        assert_eq!(verified.faults, [""; 0]);

        // So it is after the next start, whether the old standard is given once more or not.
        for given in [&given[..], &[]] {
            let known = match given.is_empty() {
                false => standards::adopt(&app.db, given, &app.entropy, app.now()).await,
                true => standards::known(&app.db, given).await,
            };
            let known = known.unwrap();
            let versions = [2016, 2017].map(|year| known.of(year).version.as_str());
            assert_eq!(versions, [old.as_str(), new.as_str()]);
        }
        let withdrawn = editions::withdraw(app, &office.first, &office.id, "晚了").await;
        assert_eq!(key(withdrawn), "amendment/not-waiting");
    }
}

#[tokio::test]
async fn a_version_is_withdrawn_before_its_day_and_sent_back_before_it_is_confirmed() {
    for city in cities().await {
        let app = &city.city.app;
        let old = app.standards.of(2017).version.clone();
        let office = Office::of(&city, "88%").await;
        office.propose(&city, "2017", "2017-03-01").await.unwrap();
        let seen = office.seen(&city).await;
        let without = editions::send_back(app, &office.second, &office.id, (&seen, " ")).await;
        assert_eq!(key(without), "amendment/no-reason");
        editions::send_back(app, &office.second, &office.id, (&seen, "再商量"))
            .await
            .unwrap();
        office.confirmed(&city).await;
        let view = amendments::view(app, &office.first, &office.id).await;
        let version = view.unwrap().amendment.checked.version;
        // What is wrong with its texts is told by what it is. None of it is kept.
        let mut tx = app.db.write("test").await.unwrap();
        assert_eq!(editions::faults(&mut tx).await.unwrap(), [""; 0]);
        for (sql, told) in [
            (
                "UPDATE standard SET facts_toml = facts_toml || '\n# x\n' WHERE version = $1",
                "的文本有留存，但和它的校验值",
            ),
            (
                "UPDATE standard SET standard_toml = 'x' WHERE version = $1",
                "的文本有留存，但读不出来",
            ),
            ("DELETE FROM standard WHERE version = $1", "的文本没有留存"),
        ] {
            let done = sqlx::query(sql).bind(version.clone());
            done.execute(&mut *tx).await.unwrap();
            let faults = editions::faults(&mut tx).await.unwrap();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].contains(told), "{told}: {faults:?}");
        }
        drop(tx);
        editions::withdraw(app, &office.second, &office.id, "文件没有印发")
            .await
            .unwrap();
        city.on(2017, 3, 1);
        editions::tend(app).await.unwrap();
        assert_eq!(app.standards.of(2017).version, old);
        let view = amendments::view(app, &office.first, &office.id)
            .await
            .unwrap();
        assert_eq!(view.amendment.state, AmendmentState::Withdrawn);
        let deeds: Vec<&str> = view.history.iter().map(|event| event.deed.key()).collect();
        assert_eq!(
            deeds,
            [
                "draft-amendment",
                "propose-amendment",
                "send-back-amendment",
                "propose-amendment",
                "confirm-edition",
                "withdraw-edition",
            ]
        );
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn a_year_that_was_judged_meanwhile_keeps_its_standard() {
    for city in cities().await {
        let app = &city.city.app;
        let old = app.standards.of(2017).version.clone();
        let office = Office::of(&city, "88%").await;
        office.confirmed(&city).await;
        let mut tx = app.db.write("test").await.unwrap();
        let kept = judgement::of_unit(&mut tx, &city.union.id, 2016)
            .await
            .unwrap();
        assert!(kept.is_empty());
        let assessed =
            assessments::assess(&mut tx, app, &city.union.id, None, 2018, date(2018, 10, 20))
                .await
                .unwrap();
        let kept = KeptJudgement {
            id: JudgementId(app.entropy.id(app.now())),
            unit: city.union.id,
            person: None,
            year: 2018,
            as_of: date(2018, 10, 20),
            standard_key: "changzhou-2016".to_owned(),
            standard_hash: old.clone(),
            basis: "claims".to_owned(),
            rejected: Default::default(),
            subject: serde_json::to_string(&assessed.subject).unwrap(),
            judgement: serde_json::to_string(&assessed.judgement).unwrap(),
            made_at: app.now(),
        };
        judgement::keep(&mut tx, &kept).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        city.on(2017, 3, 1);
        editions::tend(app).await.unwrap();
        assert_eq!(app.standards.of(2017).version, old);
        let view = amendments::view(app, &office.first, &office.id)
            .await
            .unwrap();
        assert_eq!(view.edition.unwrap().state, EditionState::Overtaken);
    }
}

#[tokio::test]
async fn what_it_would_change_is_counted_with_its_unions_and_touches_no_record() {
    for city in cities().await {
        let app = &city.city.app;
        let office = Office::of(&city, "100%").await;
        amendments::ask_for_effect(app, &office.first, &office.id)
            .await
            .unwrap();
        assert!(run_jobs(&city).await > 0);
        let view = amendments::view(app, &office.first, &office.id)
            .await
            .unwrap();
        let model = view
            .effect
            .iter()
            .find(|effect| effect.title == "model-home");
        let model = model.unwrap();
        assert_eq!((model.gain, model.lose, model.unclear), (0, 1, 0));
        assert_eq!(model.met_before, model.met_after + 1);
        let of = ("model-home", "lose");
        let (lines, total) = amendments::affected(app, &office.first, &office.id, of, (10, 0))
            .await
            .unwrap();
        let names: Vec<&str> = lines.iter().map(|line| line.unit.name.as_str()).collect();
        assert_eq!((names, total), (vec!["第一纺织厂工会"], 1));
        let mut tx = app.db.read().await.unwrap();
        let kept = judgement::of_unit(&mut tx, &city.union.id, 2016)
            .await
            .unwrap();
        assert!(kept.is_empty());
    }
}

#[tokio::test]
async fn mistakes_are_told_with_their_place_and_nothing_with_one_is_proposed() {
    for city in cities().await {
        let app = &city.city.app;
        let office = Office::of(&city, "88%").await;
        let broken = changzhou()
            .standard_toml
            .replacen("first_year", "frist_year", 1);
        let seen = office.seen(&city).await;
        let sent = [Sent::text("standard.toml", &broken)];
        let changed = amendments::change(app, &office.first, &office.id, &seen, &sent)
            .await
            .unwrap();
        assert_eq!(changed.state, AmendmentState::Draft);
        let first = &changed.checked.mistakes[0];
        assert_eq!((first.file.as_str(), first.line), ("standard.toml", 13));
        let refused = office.propose(&city, "2017", "2017-03-01").await;
        assert_eq!(key(refused), "amendment/not-checked");
        let stale = amendments::change(app, &office.first, &office.id, &seen, &sent).await;
        assert_eq!(key(stale), "stale");
        let same = amendments::change(app, &office.first, &office.id, "2", &sent).await;
        assert_eq!(key(same), "amendment/nothing-changed");
    }
}

#[tokio::test]
async fn of_confirming_and_sending_back_at_the_same_time_one_is_done() {
    for city in cities().await {
        let app = &city.city.app;
        for round in 0..3 {
            let office = Office::of(&city, &format!("9{round}%")).await;
            office.propose(&city, "2019", "2017-03-01").await.unwrap();
            let seen = office.seen(&city).await;
            let (confirmed, sent_back) = tokio::join!(
                editions::confirm(app, &office.second, &office.id, &seen),
                editions::send_back(app, &office.first, &office.id, (&seen, "再商量")),
            );
            assert_ne!(confirmed.is_ok(), sent_back.is_ok());
            let view = amendments::view(app, &office.first, &office.id)
                .await
                .unwrap();
            assert_eq!(view.edition.is_some(), confirmed.is_ok());
            if confirmed.is_ok() {
                editions::withdraw(app, &office.first, &office.id, "下一轮")
                    .await
                    .unwrap();
            }
        }
    }
}
