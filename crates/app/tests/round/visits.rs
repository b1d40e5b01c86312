//! Stories of visits: what inspectors note, on the phone and off it, and what comes of it.

use std::collections::BTreeMap;

use jianjia_app::{
    check::{
        inspection, outcome as outcomes,
        remark::{self as remarks, SettleInput},
        renewal as renewals, report as reports,
    },
    core::error::Error,
    exchange::verification,
    office::message as messages,
    year::evidence::File,
};
use jianjia_domain::{
    check::{
        outcome::DecisionInput,
        remark::{RemarkInput, Seen},
        visit::{Colour, VisitState},
    },
    core::{
        ids::VisitId,
        message::Kind,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    honour::honour::HonourState,
};
use jianjia_store::{
    check::{outcome as stored, remark as kept},
    honour::honour as honours,
};
use jiff::civil::date;

use super::{
    city::{RoundCity, cities},
    key, told,
};

#[path = "visits/noting.rs"]
mod noting;
#[path = "visits/rechecks.rs"]
mod rechecks;
#[path = "visits/renewing.rs"]
mod renewing;
#[path = "visits/withdrawing.rs"]
mod withdrawing;

/// Two inspectors of another district, who were drawn for the union.
struct Visited {
    city: RoundCity,
    first: Actor,
    second: Actor,
    visit: VisitId,
}

async fn visited() -> Vec<Visited> {
    let mut all = Vec::new();
    for city in cities().await {
        all.push(drawn(city).await);
    }
    all
}

async fn drawn(city: RoundCity) -> Visited {
    let make = &city.city;
    let other = make
        .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
        .await;
    let first = make.actor("钟楼小陈", &[(Role::Reviewer, &other)]).await;
    let second = make.actor("钟楼小杨", &[(Role::Approver, &other)]).await;
    let pair = [(&first, &other), (&second, &other)];
    let visit = make.drawn(&city.union, "qualified-home", 2016, &pair).await;
    city.on(2016, 12, 5);
    Visited {
        city,
        first,
        second,
        visit,
    }
}

/// The ids of remarks are made by the devices.
fn id(number: u128) -> String {
    format!("{number:032x}")
}

fn remark(number: u128, clause: &str, seen: Seen, found: &[(&str, &str)]) -> RemarkInput {
    RemarkInput {
        id: id(number),
        kind: "clause".to_owned(),
        clause: clause.to_owned(),
        seen: seen.key().to_owned(),
        found: found
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        note: "看了台账".to_owned(),
        ..RemarkInput::default()
    }
}

impl Visited {
    async fn notes(&self, who: &Actor, input: RemarkInput) -> Result<(), Error> {
        let app = &self.city.city.app;
        remarks::note(app, who, &self.visit, &input, Vec::new())
            .await
            .map(|_| ())
    }

    /// Everything holds, but for what is given.
    async fn looks_through(&self, but: &[RemarkInput]) {
        let app = &self.city.city.app;
        let view = inspection::view(app, &self.first, &self.visit)
            .await
            .unwrap();
        for (number, clause) in (100..).zip(&view.clauses) {
            let other = but.iter().find(|input| input.clause == clause.clause);
            let input = match other {
                Some(input) => input.clone(),
                None => remark(number, &clause.clause, Seen::Holds, &[]),
            };
            self.notes(&self.first, input).await.unwrap();
        }
    }

    async fn concludes(&self) -> Colour {
        let app = &self.city.city.app;
        let outcome = outcomes::conclude(app, &self.first, &self.visit).await;
        outcome.unwrap().colour
    }

    async fn state(&self) -> VisitState {
        let app = &self.city.city.app;
        let leader = &self.city.leader;
        let view = inspection::view(app, leader, &self.visit).await.unwrap();
        view.visit.state
    }

    async fn decides(&self, decision: &str) -> Result<VisitState, Error> {
        let app = &self.city.city.app;
        let input = DecisionInput {
            decision: decision.to_owned(),
            reason: "会员卡办得太少".to_owned(),
            document_number: "常工发〔2017〕3号".to_owned(),
            seen: self.state().await.key().to_owned(),
        };
        outcomes::decide(app, &self.city.leader, &self.visit, &input).await
    }

    async fn told_chair(&self) -> Vec<Kind> {
        let inbox = messages::inbox(&self.city.city.app, &self.city.chair, 1).await;
        let messages = inbox.unwrap().messages;
        let kinds = messages.iter().filter_map(|message| message.kind);
        let of_visits = |kind: &Kind| kind.key().starts_with("visit") || *kind == Kind::PlaqueAsked;
        kinds.filter(of_visits).collect()
    }

    async fn verifies(&self) {
        let found = verification::verify(&self.city.city.app).await.unwrap();
        assert_eq!(found.faults, [""; 0]);
    }
}

/// Too few cards: the qualified home asks for 80 of 100.
fn too_few() -> RemarkInput {
    remark(
        1,
        "Q6",
        Seen::Holds,
        &[("cards_issued", "150"), ("cards_used", "150")],
    )
}

#[tokio::test]
async fn what_is_found_as_declared_is_green_and_the_unit_is_told_then() {
    for visited in visited().await {
        let app = &visited.city.city.app;
        // Before it was inspected the unit and its district know nothing of it.
        for blind in [&visited.city.chair, &visited.city.approver] {
            let view = inspection::view(app, blind, &visited.visit).await;
            assert!(matches!(view, Err(Error::NotFound)));
        }
        visited.looks_through(&[]).await;
        assert_eq!(visited.concludes().await, Colour::Green);
        // Pressed twice, it is concluded once.
        assert_eq!(visited.concludes().await, Colour::Green);
        let view = inspection::view(app, &visited.city.chair, &visited.visit).await;
        let view = view.unwrap();
        assert_eq!(
            (view.visit.state, view.events.len()),
            (VisitState::Closed, 1)
        );
        assert_eq!(visited.told_chair().await, [Kind::VisitDone]);
        // Afterwards nothing is noted on a clause; the unit may comment.
        let late = visited
            .notes(&visited.second, remark(7, "Q1", Seen::Holds, &[]))
            .await;
        assert_eq!(key(late), "visit-remark/concluded");
        let comment = RemarkInput {
            id: id(8),
            kind: "comment".to_owned(),
            agrees: "yes".to_owned(),
            ..RemarkInput::default()
        };
        visited.notes(&visited.city.chair, comment).await.unwrap();
        visited.verifies().await;
    }
}

#[tokio::test]
async fn a_number_beyond_the_tolerance_is_amber_and_what_nobody_saw_is_no_failure() {
    for visited in visited().await {
        let other = remark(
            1,
            "Q6",
            Seen::Holds,
            &[("cards_issued", "170"), ("cards_used", "170")],
        );
        let unseen = remark(2, "Q4", Seen::Unseen, &[]);
        visited.looks_through(&[other, unseen]).await;
        assert_eq!(visited.concludes().await, Colour::Amber);
        let app = &visited.city.city.app;
        let mut tx = app.db.read().await.unwrap();
        let outcome = stored::find(&mut tx, &visited.visit)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(outcome.clauses(Colour::Amber), ["Q4", "Q6"]);
        // The next year's risk classes know it.
        let found = stored::earlier_findings(&mut tx, 2017).await.unwrap();
        let unit = visited.city.union.id;
        assert_eq!(found, [(unit, (2016, Colour::Amber))].into());
    }
}

#[tokio::test]
async fn red_is_heard_then_mended_and_visited_again() {
    for visited in visited().await {
        let app = &visited.city.city.app;
        visited.looks_through(&[too_few()]).await;
        assert_eq!(visited.concludes().await, Colour::Red);
        assert_eq!(visited.told_chair().await, [Kind::VisitHearing]);
        // Ten working days after 5 December.
        assert_eq!(
            told(visited.decides("mend").await),
            "单位还可以在 2016-12-19 前陈述意见，现在不能决定（P1：先听取意见，再作决定）。单位提前陈述的，即可决定。"
        );
        for _ in 0..2 {
            outcomes::state(
                app,
                &visited.city.chair,
                &visited.visit,
                "正在补办，月底办完。",
            )
            .await
            .unwrap();
        }
        // Who gave the title at the district decides nothing here.
        let input = DecisionInput {
            decision: "mend".to_owned(),
            reason: "限期".to_owned(),
            seen: "hearing".to_owned(),
            ..DecisionInput::default()
        };
        let district = outcomes::decide(app, &visited.city.approver, &visited.visit, &input).await;
        assert_eq!(key(district), "not-your-role");
        for _ in 0..2 {
            let decided = visited.decides("mend").await.unwrap();
            assert_eq!(decided, VisitState::Mending);
        }
        let view = inspection::view(app, &visited.first, &visited.visit).await;
        let rechecks = view.unwrap().rechecks;
        // Sixty days to mend, then fifteen to look.
        assert_eq!((rechecks.len(), rechecks[0].due_on), (1, date(2017, 2, 18)));
        // The same inspectors look again, in the year of the check.
        let again = Visited {
            visit: rechecks[0].id,
            ..visited
        };
        let app = &again.city.city.app;
        again.city.on(2017, 1, 20);
        let mended = remark(500, "Q6", Seen::Holds, &[]);
        for (number, clause) in (600..).zip(["Q1", "Q2", "Q3", "Q4", "Q5"]) {
            let holds = remark(number, clause, Seen::Holds, &[]);
            again.notes(&again.first, holds).await.unwrap();
        }
        again.notes(&again.first, mended).await.unwrap();
        assert_eq!(again.concludes().await, Colour::Green);
        let view = inspection::view(app, &again.city.leader, &again.visit).await;
        let first = view.unwrap().rechecked.unwrap();
        assert_eq!(
            (first.state, first.colour),
            (VisitState::Mended, Some(Colour::Red))
        );
        // A grassroots union has no subsidy of R4.
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(stored::effects(&mut tx, 2016).await.unwrap(), []);
        drop(tx);
        again.verifies().await;
    }
}

#[tokio::test]
async fn the_report_names_nobody_and_is_the_citys_alone_while_visits_are_open() {
    for visited in visited().await {
        let app = &visited.city.city.app;
        let early = reports::report(app, None, 2016).await;
        assert!(matches!(early, Err(Error::NotFound)));
        let whole = reports::report(app, Some(&visited.city.leader), 2016)
            .await
            .unwrap();
        assert_eq!(
            (whole.drawn, whole.is_whole, whole.total.visits),
            (1, true, Some(0))
        );
        visited.looks_through(&[too_few()]).await;
        visited.concludes().await;
        let public = reports::report(app, None, 2016).await.unwrap();
        assert_eq!(
            (public.total.visits, public.total.red),
            (None, None),
            "one is too few"
        );
        assert!(!format!("{public:?}").contains(&visited.city.union.name));
        let whole = reports::report(app, Some(&visited.city.leader), 2016)
            .await
            .unwrap();
        assert_eq!(whole.total.red, Some(1));
        let clauses: BTreeMap<&str, Option<u64>> = whole
            .clauses
            .iter()
            .map(|row| (row.clause.as_str(), row.unmet))
            .collect();
        assert_eq!(clauses, [("Q6", Some(1))].into());
    }
}
