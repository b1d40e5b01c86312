//! Stories of who goes first for a higher honour, on both databases.

use jianjia_app::{
    core::error::Error,
    money::priority::{self as priorities, ForwardInput},
};
use jianjia_demo::testing::{TestCity, both, keep};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    honour::honour::HonourState,
    money::priority::{CameInput, Outcome},
};
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::date;

const AWARD: &str = "labour-award";

struct Place {
    city: TestCity,
    first: UnitPlace,
    second: UnitPlace,
    third: UnitPlace,
    leader: Actor,
    chair: Actor,
    elsewhere: Actor,
}

async fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for city in both(date(2018, 4, 10)).await {
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&top), UnitKind::District, "天宁区总工会")
            .await;
        let far = city
            .unit(Some(&top), UnitKind::District, "钟楼区总工会")
            .await;
        let union = async |name: &str, year: i16| {
            let union = city.unit(Some(&district), UnitKind::Grassroots, name).await;
            city.holds(&union, None, "trusted-home", year, HonourLevel::City)
                .await;
            union
        };
        let first = union("第一纺织厂工会", 2016).await;
        let second = union("第二纺织厂工会", 2017).await;
        let third = union("第三纺织厂工会", 2016).await;
        city.vetoed(&third, 2018, "V1", "劳动监察").await;
        places.push(Place {
            leader: city.actor("市审批", &[(Role::Approver, &top)]).await,
            chair: city.actor("王主席", &[(Role::Chair, &first)]).await,
            elsewhere: city.actor("别区", &[(Role::Approver, &far)]).await,
            first,
            second,
            third,
            city,
        });
    }
    places
}

fn key<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(Error::NotFound) => "not-found",
        Err(Error::Refused(refusal)) => refusal.key(),
        Err(Error::Internal(error)) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn holders_go_first_in_order_and_what_came_of_it_is_kept() {
    for place in places().await {
        let app = &place.city.app;
        assert_eq!(
            key(priorities::list(app, &place.chair, AWARD).await),
            "not-your-role"
        );
        let of_others = priorities::list(app, &place.elsewhere, AWARD)
            .await
            .unwrap();
        assert_eq!(of_others.places, []);
        assert_eq!(
            key(priorities::list(app, &place.leader, "no-such").await),
            "not-found"
        );
        let list = priorities::list(app, &place.leader, AWARD).await.unwrap();
        let told: Vec<_> = list
            .places
            .iter()
            .map(|one| (one.holder.unit, one.place))
            .collect();
        assert_eq!(
            told,
            [
                (place.first.id, Some(1)),
                (place.second.id, Some(2)),
                (place.third.id, None)
            ]
        );
        let token = |number: usize| list.places[number].holder.token();
        let input = |number: usize, reason: &str| ForwardInput {
            chosen: vec![token(number)],
            reason: reason.to_owned(),
        };
        let put = async |input: &ForwardInput| {
            priorities::put_forward(app, &place.leader, AWARD, input).await
        };
        assert_eq!(key(put(&input(2, "")).await), "priority/is-barred");
        assert_eq!(key(put(&input(1, "")).await), "fields");
        // A district sees none of another, so there is nothing of it to choose.
        let stranger = priorities::put_forward(app, &place.elsewhere, AWARD, &input(0, "")).await;
        assert_eq!(key(stranger), "priority/not-holder");
        let forwards = put(&input(1, "第一名正在改制")).await.unwrap();
        assert_eq!(
            (forwards[0].place, forwards[0].of, forwards[0].passed_over),
            (2, 2, 1)
        );
        assert_eq!(key(put(&input(1, "再报")).await), "priority/is-forward");
        // The one behind it is put forward: now it passes over nobody.
        let next = put(&input(0, "")).await.unwrap();
        assert_eq!(next[0].passed_over, 0);

        let came = |outcome: &str, on: &str| CameInput {
            outcome: outcome.to_owned(),
            on: on.to_owned(),
            ..CameInput::default()
        };
        let id = forwards[0].id;
        let record =
            async |input: CameInput| priorities::record(app, &place.leader, &id, &input).await;
        assert_eq!(key(record(came("awarded", "2018-05-01")).await), "fields");
        app.clock.set(date(2018, 5, 2));
        record(came("not-awarded", "2018-05-01")).await.unwrap();
        record(came("awarded", "2018-05-02")).await.unwrap();
        record(came("awarded", "2018-05-02")).await.unwrap();
        let view = priorities::find(app, &place.leader, &id).await.unwrap();
        let outcomes: Vec<Outcome> = view.outcomes.iter().map(|came| came.outcome).collect();
        assert_eq!(outcomes, [Outcome::Awarded, Outcome::NotAwarded]);
        for actor in [&place.chair, &place.elsewhere] {
            assert_eq!(key(priorities::find(app, actor, &id).await), "not-found");
        }

        // Next year those who were put forward stand behind those who weren't; a title taken since is told as such.
        app.clock.set(date(2019, 4, 10));
        let held = view.forward.title_held.to_string();
        let mut tx = app.db.write("revoked").await.unwrap();
        sqlx::query("UPDATE honour SET state = 'revoked' WHERE id = $1")
            .bind(held)
            .execute(&mut *tx)
            .await
            .unwrap();
        keep(app, tx).await;
        let list = priorities::list(app, &place.leader, AWARD).await.unwrap();
        let told: Vec<_> = list
            .places
            .iter()
            .map(|one| (one.holder.unit, one.place))
            .collect();
        assert_eq!(told, [(place.third.id, Some(1)), (place.first.id, Some(2))]);
        let states: Vec<_> = list
            .forwards
            .iter()
            .map(|forward| (forward.unit, forward.title_state, forward.outcome()))
            .collect();
        assert_eq!(
            states,
            [
                (place.first.id, HonourState::InForce, Outcome::Waiting),
                (place.second.id, HonourState::Revoked, Outcome::Awarded)
            ]
        );
    }
}
