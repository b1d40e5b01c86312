//! Stories of time to mend: the second look, the third, and how a chain of them ends.

use jianjia_app::check::{outcome::recheck, report::VisitFilter};

use super::*;

impl Visited {
    /// Found short, with time to mend; from now on it is about the visit that looks again. The first visit.
    async fn has_time_to_mend(&mut self) -> VisitId {
        let first = self.visit;
        self.looks_through(&[too_few()]).await;
        assert_eq!(self.concludes().await, Colour::Red);
        self.says("正在补办，月底办完。").await;
        self.decides("mend").await.unwrap();
        self.goes_on(first).await;
        first
    }

    /// It is about the newest visit of the chain that begins with a first one.
    async fn goes_on(&mut self, first: VisitId) {
        self.visit = first;
        let app = &self.city.city.app;
        let view = inspection::view(app, &self.city.leader, &first).await;
        self.visit = view.unwrap().rechecks.last().unwrap().id;
    }

    async fn says(&self, statement: &str) {
        let app = &self.city.city.app;
        let said = outcomes::state(app, &self.city.chair, &self.visit, statement).await;
        said.unwrap();
    }

    /// All is noted as it should be, but for the cards.
    async fn looks_again(&self, from: u128, cards: &[(&str, &str)]) {
        for (number, clause) in (from..).zip(["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"]) {
            let found = if clause == "Q6" { cards } else { &[] };
            let holds = remark(number, clause, Seen::Holds, found);
            self.notes(&self.first, holds).await.unwrap();
        }
    }

    async fn state_of(&self, visit: VisitId) -> VisitState {
        let app = &self.city.city.app;
        let view = inspection::view(app, &self.city.leader, &visit).await;
        view.unwrap().visit.state
    }
}

const FEW: &[(&str, &str)] = &[("cards_issued", "150"), ("cards_used", "150")];

#[tokio::test]
async fn lists_tell_a_second_look_from_a_first_one() {
    for mut visited in visited().await {
        let first = visited.has_time_to_mend().await;
        let app = &visited.city.city.app;
        let leader = &visited.city.leader;
        let filter = VisitFilter::default();
        let page = reports::list(app, leader, &filter, 1).await.unwrap();
        assert_eq!(page.rechecked, [(visited.visit, first)].into());
        let told = reports::export(app, leader, &filter, (50, 0)).await;
        let (told, total) = told.unwrap();
        assert_eq!(total, page.total);
        let mut told: Vec<_> = told.into_iter().map(|(visit, of)| (visit.id, of)).collect();
        told.retain(|(id, _)| [first, visited.visit].contains(id));
        told.sort();
        let mut expect = [(first, None), (visited.visit, Some(first))];
        expect.sort();
        assert_eq!(told, expect);
    }
}

#[tokio::test]
async fn nobody_is_found_short_again_before_the_time_is_over_and_the_whole_chain_ends() {
    for mut visited in visited().await {
        let first = visited.has_time_to_mend().await;
        let second = visited.visit;
        visited.city.on(2017, 1, 20);
        visited.looks_again(700, FEW).await;
        let app = visited.city.city.app.clone();
        let early = outcomes::conclude(&app, &visited.first, &second).await;
        assert_eq!(key(early), "visit/before-mended");
        assert_eq!(visited.state_of(second).await, VisitState::Drawn);
        let ready = async |visited: &Visited, note: &str| {
            recheck::say_ready(&app, &visited.city.chair, &first, note).await
        };
        let bare = ready(&visited, " ").await;
        assert_eq!(key(bare), "visit-remark/reason-missing");
        for _ in 0..2 {
            ready(&visited, "已经补齐，请来看。").await.unwrap();
        }
        assert_eq!(
            key(ready(&visited, "再报一次").await),
            "visit/ready-already"
        );
        assert_eq!(visited.concludes().await, Colour::Red);
        visited.says("还差二十张。").await;
        assert_eq!(visited.decides("mend").await.unwrap(), VisitState::Mending);
        visited.goes_on(first).await;
        let third = visited.visit;
        assert!(third != second);
        // The time that was given anew is waited for anew.
        visited.looks_again(800, FEW).await;
        let early = outcomes::conclude(&app, &visited.first, &third).await;
        assert_eq!(key(early), "visit/before-mended");
        assert_eq!(key(ready(&visited, "又报").await), "visit/not-mending");
        visited.city.on(2017, 2, 20);
        visited
            .looks_again(900, &[("cards_issued", "190"), ("cards_used", "190")])
            .await;
        assert!(visited.concludes().await < Colour::Red);
        for (visit, state) in [
            (first, VisitState::Mended),
            (second, VisitState::Mended),
            (third, VisitState::Closed),
        ] {
            assert_eq!(visited.state_of(visit).await, state);
        }
        visited.verifies().await;
    }
}

#[tokio::test]
async fn what_was_decided_on_a_second_look_falls_with_the_first_decision() {
    for mut visited in visited().await {
        let first = visited.has_time_to_mend().await;
        let second = visited.visit;
        visited.city.on(2017, 2, 10);
        visited.looks_again(700, FEW).await;
        assert_eq!(visited.concludes().await, Colour::Red);
        visited.says("还差二十张。").await;
        visited.decides("mend").await.unwrap();
        visited.goes_on(first).await;
        let third = visited.visit;
        let app = &visited.city.city.app;
        let leader = &visited.city.leader;
        let there = outcomes::overturn(app, leader, &second, "卡务系统的数有误").await;
        assert_eq!(key(there), "visit/overturn-at-first");
        outcomes::overturn(app, leader, &first, "卡务系统的数有误")
            .await
            .unwrap();
        for visit in [first, second, third] {
            assert_eq!(visited.state_of(visit).await, VisitState::Overturned);
        }
        let mut tx = app.db.read().await.unwrap();
        let found = stored::earlier_findings(&mut tx, 2017).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
        drop(tx);
        let inbox = messages::inbox(app, &visited.first, 1).await.unwrap();
        let mut kinds = inbox.messages.iter().filter_map(|message| message.kind);
        assert!(kinds.any(|kind| kind == Kind::InspectorReleased));
        visited.verifies().await;
    }
}

#[tokio::test]
async fn no_time_is_given_to_mend_what_the_past_alone_tells() {
    for visited in visited().await {
        let app = &visited.city.city.app;
        let log = remark(1, "Q3", Seen::Fails, &[]);
        visited.looks_through(&[log]).await;
        assert_eq!(visited.concludes().await, Colour::Red);
        visited.says("第三季度没有办活动。").await;
        let view = inspection::view(app, &visited.city.leader, &visited.visit).await;
        assert_eq!(view.unwrap().past_mending, ["Q3"]);
        assert_eq!(key(visited.decides("mend").await), "visit/past-mending");
        assert_eq!(visited.decides("clear").await.unwrap(), VisitState::Cleared);
        visited.verifies().await;
    }
}
