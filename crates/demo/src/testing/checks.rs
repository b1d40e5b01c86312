//! Homes that were drawn for a spot check when a story begins.

use jianjia_domain::{
    check::{
        spot_check::{DrawDone, Lottery, SpotCheck},
        visit::{Visit, VisitInspector, VisitState},
    },
    core::{
        ids::{HonourId, SpotCheckId, VisitId},
        place::UnitPlace,
        policy::Actor,
    },
};
use jianjia_store::{
    check::{spot_check, visit},
    honour::honour,
};
use jiff::civil::Date;

use super::{TestCity, keep};

impl TestCity {
    /// A year's spot check after its draw: somebody can be drawn in the place of an inspector of the visits that are drawn from then on.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn check_drawn(&self, year: i16) {
        let now = self.app.now();
        let check = SpotCheck {
            id: SpotCheckId(self.app.entropy.id(now)),
            year,
            title: "qualified-home".to_owned(),
            standard_key: String::new(),
            standard_version: String::new(),
            frame_hash: String::new(),
            units: 1,
            sample: 1,
            inspectors_each: 2,
            announced: false,
            days: 60,
            lottery: Lottery {
                name: "双色球".to_owned(),
                issue: format!("{year}124"),
                on: Date::new(year, 10, 1).expect("a day"),
            },
            published_by: None,
            published_by_name: "市总工会".to_owned(),
            published_at: now,
            drawn: Some(DrawDone {
                seed: "03071519223108".to_owned(),
                due_on: Date::new(year, 12, 31).expect("a day"),
                by: None,
                by_name: "市总工会".to_owned(),
                at: now,
            }),
        };
        let mut tx = self.app.db.write("visit").await.expect("a transaction");
        let kept = spot_check::insert(&mut tx, &check).await;
        assert!(kept.expect("the check"), "a year has one check");
        keep(&self.app, tx).await;
    }

    /// A home that was drawn for a year's spot check, with those who visit it.
    ///
    /// # Panics
    /// When it can't be kept.
    pub async fn drawn(
        &self,
        unit: &UnitPlace,
        title: &str,
        year: i16,
        inspectors: &[(&Actor, &UnitPlace)],
    ) -> VisitId {
        let now = self.app.now();
        let id = VisitId(self.app.entropy.id(now));
        let mut tx = self.app.db.write("visit").await.expect("a transaction");
        let held = honour::held(&mut tx, &unit.id, None).await;
        let held = held.expect("its titles");
        let held = held.iter().find(|held| held.title == title);
        let check = spot_check::of_year(&mut tx, year).await.expect("the check");
        let visit = Visit {
            id,
            check: check.map_or_else(|| SpotCheckId(self.app.entropy.id(now)), |check| check.id),
            entry: "u1".to_owned(),
            year,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_name: unit.name.clone(),
            honour: held.map_or(HonourId(self.app.entropy.id(now)), |held| held.id),
            title: title.to_owned(),
            stratum: "1-low".to_owned(),
            place: 1,
            ticket: "0".repeat(64),
            announced: false,
            due_on: Date::new(year, 12, 31).expect("a day"),
            state: VisitState::Drawn,
            colour: None,
            drawn_at: now,
        };
        visit::insert(&mut tx, &[visit]).await.expect("the visit");
        let inspectors: Vec<VisitInspector> = (1..)
            .zip(inspectors)
            .map(|(place, (actor, from))| VisitInspector {
                visit: id,
                account: actor.account,
                unit: from.id,
                unit_name: from.name.clone(),
                name: actor.name.clone(),
                place,
                ticket: "0".repeat(64),
                left: None,
                drawn_at: now,
            })
            .collect();
        visit::insert_inspectors(&mut tx, &inspectors)
            .await
            .expect("the inspectors");
        keep(&self.app, tx).await;
        id
    }
}
