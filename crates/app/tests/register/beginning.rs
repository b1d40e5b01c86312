//! The first steps of a new city: told by what is there, to those who administer the city alone, and gone when all are done.

use jianjia_app::office::{
    beginning::{Beginning, Season},
    desk as desks,
};
use jianjia_domain::{
    core::policy::Role,
    round::{recommendation::Quota, round::by_calendar},
};
use jianjia_store::{
    core::bulk,
    round::{quota as quotas, round as rounds},
};
use jiff::civil::date;

use super::{Place, places};

impl Place {
    async fn beginning(&self) -> Option<Beginning> {
        let desk = desks::desk(&self.city.app, &self.administrator).await;
        desk.expect("a desk").beginning
    }

    /// Rows written past the acts.
    async fn insert(&self, table: &'static str, columns: &[&'static str], row: &[&str]) {
        let mut tx = self.city.app.db.write("test").await.expect("a transaction");
        let row = row.iter().map(|value| bulk::Value::from(*value)).collect();
        bulk::insert(&mut tx, table, columns, vec![row])
            .await
            .expect("the row is kept");
        jianjia_demo::testing::keep(&self.city.app, tx).await;
    }
}

#[tokio::test]
async fn a_new_citys_steps_are_told_by_what_is_there_and_go_when_all_are_done() {
    for place in places().await {
        let app = &place.city.app;
        // The township and the two unions below it; the city and its two districts decide, and nobody has an account for that.
        let mut expected = Beginning {
            programme: Season::Running,
            divisions: 0,
            unions: 3,
            deciding: 3,
            without_account: 3,
            has_days: false,
            has_places: Some(false),
        };
        assert_eq!(place.beginning().await, Some(expected.clone()));
        let columns = ["code", "parent_code", "level", "name", "sort_key"];
        let row = ["320402", "3204", "district", "天宁区", "tian"];
        place.insert("division", &columns, &row).await;
        expected.divisions = 1;
        for (name, unit) in [("东", &place.east), ("西", &place.west)] {
            place.city.actor(name, &[(Role::Approver, unit)]).await;
            expected.without_account -= 1;
        }
        assert_eq!(place.beginning().await, Some(expected));
        place
            .city
            .actor("市", &[(Role::Approver, &place.root)])
            .await;
        let mut tx = app.db.write("test").await.unwrap();
        let round = by_calendar(app.in_force(), 2016).unwrap();
        rounds::save(&mut tx, &round).await.unwrap();
        let quota = Quota {
            year: 2016,
            title: "trusted-home".to_owned(),
            unit: place.east.id,
            unit_path: place.east.path.clone(),
            places: 3,
            returned: 0,
            moved: 0,
            closed_at: None,
            revision: 1,
        };
        quotas::save(&mut tx, &quota).await.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        assert_eq!(place.beginning().await, None);
    }
}

#[tokio::test]
async fn a_programme_that_is_over_is_told_to_the_administrator_and_to_nobody_else() {
    for place in places().await {
        let app = &place.city.app;
        let clerk = place
            .city
            .actor("经办", &[(Role::Administrator, &place.east)])
            .await;
        app.clock.set(date(2020, 12, 31));
        let season = |beginning: Option<Beginning>| beginning.map(|beginning| beginning.programme);
        assert_eq!(season(place.beginning().await), Some(Season::Running));
        app.clock.set(date(2021, 1, 1));
        assert_eq!(
            season(place.beginning().await),
            Some(Season::Over { last_year: 2020 })
        );
        let desk = desks::desk(app, &clerk).await.unwrap();
        assert_eq!(desk.beginning, None);
    }
}
