//! Stories of the register, on both databases: units come, change, move, merge and go; people and elections with them.

#[path = "register/beginning.rs"]
mod beginning;
#[path = "register/changing.rs"]
mod changing;
#[path = "register/lacking.rs"]
mod lacking;
#[path = "register/people.rs"]
mod people_stories;
#[path = "register/searching.rs"]
mod searching;

use jianjia_app::{
    core::error::Error,
    register::{
        election as elections, person as people,
        unit::{
            self as units,
            change::{self, Happening},
        },
    },
};
use jianjia_demo::testing::{TestCity, both};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    register::{
        election::ElectionForm,
        person::{PersonForm, Post},
        unit::{
            change::ChangeForm,
            form::{UnitForm, of},
            list::{UnitFilter, UnitSort},
        },
    },
};
use jianjia_store::core::place;
use jiff::civil::{Date, date};

const TODAY: Date = date(2016, 10, 20);

/// A city with two districts; the first leads a township with two unions.
struct Place {
    city: TestCity,
    root: UnitPlace,
    east: UnitPlace,
    west: UnitPlace,
    township: UnitPlace,
    mill: UnitPlace,
    bakery: UnitPlace,
    /// Administrator of the city.
    administrator: Actor,
}

async fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for city in both(TODAY).await {
        let root = city.unit(None, UnitKind::City, "常州市总工会").await;
        let east = city
            .unit(Some(&root), UnitKind::District, "天宁区总工会")
            .await;
        let west = city
            .unit(Some(&root), UnitKind::District, "钟楼区总工会")
            .await;
        let township = city
            .unit(Some(&east), UnitKind::Township, "红梅街道总工会")
            .await;
        let mill = city
            .unit(Some(&township), UnitKind::Grassroots, "长江纺织厂工会")
            .await;
        let bakery = city
            .unit(Some(&township), UnitKind::Grassroots, "红梅食品厂工会")
            .await;
        let administrator = city
            .actor("市管理员", &[(Role::Administrator, &root)])
            .await;
        places.push(Place {
            city,
            root,
            east,
            west,
            township,
            mill,
            bakery,
            administrator,
        });
    }
    places
}

impl Place {
    async fn found(&self, actor: &Actor, upper: &UnitPlace, name: &str) -> Result<UnitId, Error> {
        let form = UnitForm {
            name: name.to_owned(),
            ..UnitForm::default()
        };
        units::create(
            &self.city.app,
            actor,
            &upper.id,
            UnitKind::Grassroots,
            &form,
        )
        .await
    }

    async fn happen(
        &self,
        actor: &Actor,
        unit: &UnitPlace,
        happening: Happening,
        target: &str,
        on: &str,
    ) -> Result<(), Error> {
        let form = ChangeForm {
            on: on.to_owned(),
            note: "常工发〔2016〕8号".to_owned(),
            target: target.to_owned(),
        };
        let app = &self.city.app;
        let revision = change::preview(app, actor, &unit.id, happening, &form)
            .await?
            .unit
            .revision;
        change::perform(app, actor, &unit.id, happening, &form, revision).await
    }

    async fn path(&self, id: &UnitId) -> String {
        let mut tx = self.city.app.db.read().await.unwrap();
        place::find(&mut tx, id).await.unwrap().unwrap().path
    }

    async fn person(&self, unit: &UnitPlace, name: &str, post: Post) {
        let form = PersonForm {
            name: name.to_owned(),
            post: post.key().to_owned(),
            ..PersonForm::default()
        };
        people::create(&self.city.app, &self.administrator, &unit.id, &form)
            .await
            .unwrap();
    }

    async fn names(&self, actor: &Actor, filter: UnitFilter) -> Vec<String> {
        let (lines, total) = units::list(&self.city.app, actor, filter, 1).await.unwrap();
        assert_eq!(lines.len() as i64, total);
        lines.into_iter().map(|line| line.name).collect()
    }
}

fn key<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(Error::NotFound) => "not-found".to_owned(),
        Err(Error::Refused(jianjia_domain::core::refusal::Refusal::Fields(fields))) => fields
            .iter()
            .map(|(field, refusal)| format!("{field}:{}", refusal.key()))
            .collect::<Vec<_>>()
            .join(" "),
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::Internal(error)) => panic!("{error:#}"),
    }
}

#[tokio::test]
async fn a_second_click_and_a_stale_form_lose_nothing() {
    for place in places().await {
        let app = &place.city.app;
        place
            .found(&place.administrator, &place.township, "新厂工会")
            .await
            .unwrap();
        assert_eq!(
            key(place
                .found(&place.administrator, &place.township, "新厂工会")
                .await),
            "name:unit/name-taken"
        );
        let clerk = place
            .city
            .actor("经办", &[(Role::Clerk, &place.mill)])
            .await;
        let before = units::find(app, &clerk, &place.mill.id).await.unwrap().unit;
        let mut form = of(&before.details);
        form.workers = "200".to_owned();
        units::edit(app, &clerk, &place.mill.id, None, &form, before.revision)
            .await
            .unwrap();
        form.workers = "300".to_owned();
        assert_eq!(
            key(units::edit(app, &clerk, &place.mill.id, None, &form, before.revision).await),
            "stale"
        );
        let after = units::find(app, &clerk, &place.mill.id).await.unwrap().unit;
        assert_eq!((after.details.workers, after.revision), (Some(200), 2));
        form.members = "301".to_owned();
        assert_eq!(
            key(units::edit(app, &clerk, &place.mill.id, None, &form, 2).await),
            "members:unit/members-above-workers"
        );
    }
}

#[tokio::test]
async fn a_clerk_changes_the_own_fields_and_those_above_change_all() {
    for place in places().await {
        let app = &place.city.app;
        let clerk = place
            .city
            .actor("经办", &[(Role::Clerk, &place.mill)])
            .await;
        let reviewer = place
            .city
            .actor("审核", &[(Role::Reviewer, &place.east)])
            .await;
        let form = UnitForm {
            name: "自己改名工会".to_owned(),
            workers: "50".to_owned(),
            ..UnitForm::default()
        };
        units::edit(
            app,
            &clerk,
            &place.mill.id,
            Some(UnitKind::Village),
            &form,
            1,
        )
        .await
        .unwrap();
        let unit = units::find(app, &clerk, &place.mill.id).await.unwrap().unit;
        assert_eq!(
            (unit.details.name.as_str(), unit.kind, unit.details.workers),
            ("长江纺织厂工会", UnitKind::Grassroots, Some(50))
        );
        assert_eq!(
            key(units::edit(
                app,
                &reviewer,
                &place.mill.id,
                Some(UnitKind::District),
                &form,
                2
            )
            .await),
            "kind:unit/kind-under"
        );
        units::edit(
            app,
            &reviewer,
            &place.mill.id,
            Some(UnitKind::Village),
            &form,
            2,
        )
        .await
        .unwrap();
        let unit = units::find(app, &clerk, &place.mill.id).await.unwrap().unit;
        assert_eq!(
            (unit.details.name.as_str(), unit.kind),
            ("自己改名工会", UnitKind::Village)
        );
        // The clerk's role does not register, move or close.
        assert_eq!(
            key(place.found(&clerk, &place.mill, "下级工会").await),
            "not-your-role"
        );
        let happen = place
            .happen(&clerk, &place.mill, Happening::Close, "", "2016-10-01")
            .await;
        assert_eq!(key(happen), "not-your-role");
    }
}

#[tokio::test]
async fn what_is_not_the_actors_to_see_is_not_found() {
    for place in places().await {
        let app = &place.city.app;
        let of_west = place
            .city
            .actor(
                "西区",
                &[
                    (Role::Administrator, &place.west),
                    (Role::Chair, &place.west),
                    (Role::Approver, &place.west),
                ],
            )
            .await;
        let id = &place.mill.id;
        let form = UnitForm::default();
        let found = [
            key(units::find(app, &of_west, id).await),
            key(units::edit(app, &of_west, id, None, &form, 1).await),
            key(units::create(app, &of_west, id, UnitKind::Branch, &form).await),
            key(units::history(app, &of_west, id).await),
            key(units::as_of(app, &of_west, id, TODAY).await),
            key(place
                .happen(&of_west, &place.mill, Happening::Close, "", "2016-10-01")
                .await),
            key(people::create(app, &of_west, id, &PersonForm::default()).await),
            key(elections::create(app, &of_west, id, &ElectionForm::default()).await),
        ];
        assert_eq!(found, ["not-found"; 8]);
        let all = UnitFilter::default();
        assert_eq!(place.names(&of_west, all.clone()).await, ["钟楼区总工会"]);
        let sorted = UnitFilter {
            sort: UnitSort::Number,
            ..all
        };
        assert_eq!(
            place.names(&place.administrator, sorted).await,
            [
                "常州市总工会",
                "天宁区总工会",
                "钟楼区总工会",
                "红梅街道总工会",
                "长江纺织厂工会",
                "红梅食品厂工会"
            ]
        );
    }
}
