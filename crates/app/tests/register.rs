//! Stories of the register, on both databases: units come, change, move, merge and go; people and elections with them.

use jianjia_app::{
    elections,
    error::Error,
    people,
    testing::{TestCity, both},
    units::{
        self,
        change::{self, Happening},
    },
};
use jianjia_domain::{
    election::ElectionForm,
    ids::UnitId,
    person::{PersonForm, Post},
    policy::{Actor, Role},
    unit::{
        UnitChange, UnitKind, UnitPlace, UnitState,
        change::ChangeForm,
        form::{UnitForm, of},
        list::{UnitFilter, UnitSort},
    },
};
use jianjia_store::{bulk, election, person, unit};
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
        unit::place(&mut tx, id).await.unwrap().unwrap().path
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
        Err(Error::Refused(jianjia_domain::refusal::Refusal::Fields(fields))) => fields
            .iter()
            .map(|(field, refusal)| format!("{field}:{}", refusal.key()))
            .collect::<Vec<_>>()
            .join(" "),
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::Internal(error)) => panic!("{error:#}"),
    }
}

#[tokio::test]
async fn a_unit_that_moves_takes_everything_below_and_all_their_rows_along() {
    for place in places().await {
        let app = &place.city.app;
        let of_east = place
            .city
            .actor("东区", &[(Role::Administrator, &place.east)])
            .await;
        let of_west = place
            .city
            .actor("西区", &[(Role::Administrator, &place.west)])
            .await;
        place
            .city
            .actor("厂主席", &[(Role::Chair, &place.mill)])
            .await;
        place.person(&place.mill, "王芳", Post::Chair).await;
        assert_eq!(
            key(place
                .happen(
                    &of_east,
                    &place.township,
                    Happening::Move,
                    "钟楼区总工会",
                    "2016-10-01"
                )
                .await),
            "target:unit/upper-unknown"
        );
        place
            .happen(
                &place.administrator,
                &place.township,
                Happening::Move,
                "钟楼区总工会",
                "2016-10-01",
            )
            .await
            .unwrap();
        let township = place.path(&place.township.id).await;
        assert!(township.starts_with(&place.west.path));
        let mill = place.path(&place.mill.id).await;
        assert!(mill.starts_with(&township));
        assert_eq!(
            key(units::find(app, &of_east, &place.mill.id).await),
            "not-found"
        );
        let view = units::find(app, &of_west, &place.mill.id).await.unwrap();
        let uppers: Vec<&str> = view
            .uppers
            .iter()
            .map(|upper| upper.name.as_str())
            .collect();
        assert_eq!(uppers, ["常州市总工会", "钟楼区总工会", "红梅街道总工会"]);
        let mut tx = app.db.read().await.unwrap();
        let people = person::within(&mut tx, &township).await.unwrap();
        assert_eq!(
            people
                .iter()
                .map(|person| person.unit_path.as_str())
                .collect::<Vec<_>>(),
            [mill.as_str()]
        );
        let row = sqlx_path(&mut tx, "account_role", &place.mill.id).await;
        assert_eq!(row, mill);
        drop(tx);
        let history: Vec<(UnitChange, Date)> = units::history(app, &of_west, &place.township.id)
            .await
            .unwrap()
            .1
            .into_iter()
            .map(|version| (version.change, version.valid_from))
            .collect();
        assert_eq!(history, [(UnitChange::Moved, date(2016, 10, 1))]);
    }
}

/// The path that a table keeps for a unit.
async fn sqlx_path(tx: &mut jianjia_store::db::Tx, table: &str, unit: &UnitId) -> String {
    jianjia_store::testing::text(
        tx,
        &format!("SELECT unit_path FROM {table} WHERE unit_id = '{unit}'"),
    )
    .await
}

#[tokio::test]
async fn a_unit_is_found_under_its_new_name_and_remembers_the_old_one() {
    for place in places().await {
        let app = &place.city.app;
        let id = place
            .found(&place.administrator, &place.township, "老名字工会")
            .await
            .unwrap();
        place.city.app.clock.set(date(2016, 11, 5));
        let unit = units::find(app, &place.administrator, &id)
            .await
            .unwrap()
            .unit
            .place();
        let rename = |target: &'static str, on: &'static str| {
            place.happen(&place.administrator, &unit, Happening::Rename, target, on)
        };
        assert_eq!(
            key(rename("老名字工会", "2016-11-01").await),
            "target:unit/name-same"
        );
        assert_eq!(
            key(rename("长江纺织厂工会", "2016-11-01").await),
            "target:unit/name-taken"
        );
        assert_eq!(
            key(rename("新名字工会", "2016-11-06").await),
            "on:unit/day-in-future"
        );
        rename("新名字工会", "2016-11-01").await.unwrap();
        assert_eq!(
            key(rename("再改工会", "2016-10-31").await),
            "on:unit/before-last-change"
        );
        let mut names = Vec::new();
        for day in [date(2016, 10, 19), date(2016, 10, 31), date(2016, 11, 1)] {
            let version = units::as_of(app, &place.administrator, &id, day)
                .await
                .unwrap();
            names.push(version.map(|version| version.unit.details.name));
        }
        assert_eq!(
            names,
            [
                None,
                Some("老名字工会".to_owned()),
                Some("新名字工会".to_owned())
            ]
        );
        let search = |text: &str| UnitFilter {
            search: text.to_owned(),
            state: Some(UnitState::Active),
            ..UnitFilter::default()
        };
        assert_eq!(
            place.names(&place.administrator, search("xinming")).await,
            ["新名字工会"]
        );
        assert_eq!(
            place.names(&place.administrator, search("老名字")).await,
            Vec::<String>::new()
        );
    }
}

#[tokio::test]
async fn a_merged_union_hands_over_its_people_and_units_and_keeps_its_past() {
    for place in places().await {
        let app = &place.city.app;
        let branch = place
            .city
            .unit(Some(&place.bakery), UnitKind::Branch, "糕点车间分工会")
            .await;
        place.person(&place.bakery, "李静", Post::Chair).await;
        place.person(&place.bakery, "赵强", Post::Worker).await;
        place.person(&place.mill, "王芳", Post::Chair).await;
        let merge = |target: &'static str| {
            place.happen(
                &place.administrator,
                &place.bakery,
                Happening::Merge,
                target,
                "2016-10-01",
            )
        };
        assert_eq!(
            key(merge("糕点车间分工会").await),
            "target:unit/successor-within"
        );
        assert_eq!(
            key(merge("没有这个工会").await),
            "target:unit/successor-unknown"
        );
        assert_eq!(
            key(merge("红梅街道总工会").await),
            "target:unit/successor-kind"
        );
        merge("长江纺织厂工会").await.unwrap();
        let merged = units::find(app, &place.administrator, &place.bakery.id)
            .await
            .unwrap();
        assert_eq!(
            (
                merged.unit.state,
                merged.unit.ended_on,
                merged.successor.map(|unit| unit.id),
                merged.people.len()
            ),
            (
                UnitState::Merged,
                Some(date(2016, 10, 1)),
                Some(place.mill.id),
                0
            )
        );
        let successor = units::find(app, &place.administrator, &place.mill.id)
            .await
            .unwrap();
        let people: Vec<(&str, Post)> = successor
            .people
            .iter()
            .map(|person| (person.details.name.as_str(), person.details.post))
            .collect();
        assert_eq!(
            people,
            [
                ("王芳", Post::Chair),
                ("李静", Post::Worker),
                ("赵强", Post::Worker)
            ]
        );
        assert_eq!(
            successor
                .below
                .iter()
                .map(|unit| unit.id)
                .collect::<Vec<_>>(),
            [branch.id]
        );
        // What has ended is read only, and its name is free again.
        assert_eq!(key(merge("长江纺织厂工会").await), "unit/ended");
        place
            .found(&place.administrator, &place.township, "红梅食品厂工会")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_union_with_units_below_or_applications_running_is_not_closed() {
    for place in places().await {
        let app = &place.city.app;
        let close = |unit: &UnitPlace| {
            let unit = unit.clone();
            let place = &place;
            async move {
                place
                    .happen(
                        &place.administrator,
                        &unit,
                        Happening::Close,
                        "",
                        "2016-10-01",
                    )
                    .await
            }
        };
        assert_eq!(key(close(&place.township).await), "unit/units-below");
        // The policy has nobody above the city, so that the root stays.
        assert_eq!(key(close(&place.root).await), "not-your-role");
        let mut tx = app.db.write("test").await.unwrap();
        let columns = [
            "id",
            "year",
            "title",
            "unit_id",
            "unit_path",
            "unit_name",
            "unit_sort_key",
            "state",
            "at_unit_id",
            "at_unit_path",
            "since_at",
            "created_by",
            "created_at",
        ];
        let (unit, at) = (&place.mill, &place.township);
        let row = vec![
            "a1".into(),
            2016.into(),
            "model-home".into(),
            unit.id.to_string().into(),
            unit.path.clone().into(),
            unit.name.clone().into(),
            "x".into(),
            "under-review".into(),
            at.id.to_string().into(),
            at.path.clone().into(),
            "2016".into(),
            "x".into(),
            "2016".into(),
        ];
        bulk::insert(&mut tx, "application", &columns, vec![row])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(key(close(&place.mill).await), "unit/applications-running");
        assert_eq!(
            key(place
                .happen(
                    &place.administrator,
                    &place.township,
                    Happening::Move,
                    "钟楼区总工会",
                    "2016-10-01"
                )
                .await),
            "unit/applications-running"
        );
        place.person(&place.bakery, "李静", Post::Chair).await;
        close(&place.bakery).await.unwrap();
        let view = units::find(app, &place.administrator, &place.bakery.id)
            .await
            .unwrap();
        assert_eq!(
            view.people
                .iter()
                .map(|person| person.left_on)
                .collect::<Vec<_>>(),
            [Some(date(2016, 10, 1))]
        );
        let living = UnitFilter {
            state: Some(UnitState::Active),
            kind: Some(UnitKind::Grassroots),
            ..UnitFilter::default()
        };
        assert_eq!(
            place.names(&place.administrator, living).await,
            ["长江纺织厂工会"]
        );
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

#[tokio::test]
async fn the_newest_election_that_counts_tells_when_the_term_ends() {
    for place in places().await {
        let app = &place.city.app;
        let chair = place
            .city
            .actor("主席", &[(Role::Chair, &place.mill)])
            .await;
        let id = &place.mill.id;
        let record = |held_on: &'static str, years: &'static str| {
            let form = ElectionForm {
                held_on: held_on.to_owned(),
                term_years: years.to_owned(),
                ..ElectionForm::default()
            };
            let chair = &chair;
            async move { elections::create(app, chair, id, &form).await }
        };
        assert_eq!(
            key(record("2014-05-20", "4").await),
            "term_years:election/term"
        );
        assert_eq!(
            key(record("2008-05-20", "3").await),
            "held_on:election/before-founding"
        );
        record("2011-05-20", "3").await.unwrap();
        let wrong = record("2014-05-20", "5").await.unwrap();
        assert_eq!(
            key(record("2014-05-20", "5").await),
            "held_on:election/already-there"
        );
        let newest = async || {
            let mut tx = app.db.read().await.unwrap();
            election::newest(&mut tx, id).await.unwrap().unwrap()
        };
        assert_eq!(newest().await.term_ends_on(), Some(date(2019, 5, 20)));
        elections::remove(app, &chair, id, &wrong).await.unwrap();
        assert_eq!(
            key(elections::remove(app, &chair, id, &wrong).await),
            "election/removed"
        );
        assert_eq!(newest().await.held_on, date(2011, 5, 20));
    }
}

#[tokio::test]
async fn a_unit_has_one_chair_and_who_left_stays_in_the_record() {
    for place in places().await {
        let app = &place.city.app;
        let clerk = place
            .city
            .actor("经办", &[(Role::Clerk, &place.mill)])
            .await;
        let id = &place.mill.id;
        let form = |name: &str, post: &str, phone: &str| PersonForm {
            name: name.to_owned(),
            post: post.to_owned(),
            phone: phone.to_owned(),
            since_on: "2014-05-20".to_owned(),
            ..PersonForm::default()
        };
        let old = people::create(app, &clerk, id, &form("王芳", "chair", ""))
            .await
            .unwrap();
        assert_eq!(
            key(people::create(app, &clerk, id, &form("李静", "chair", "")).await),
            "post:person/chair-taken"
        );
        assert_eq!(
            key(people::create(app, &clerk, id, &form("王芳", "worker", "")).await),
            "name:person/already-there"
        );
        people::create(app, &clerk, id, &form("王芳", "worker", "13861012345"))
            .await
            .unwrap();
        assert_eq!(
            key(people::leave(app, &clerk, id, &old, "2013-01-01", 1).await),
            "left_on:person/left-before-since"
        );
        assert_eq!(
            key(people::leave(app, &clerk, id, &old, "2016-10-01", 7).await),
            "stale"
        );
        people::leave(app, &clerk, id, &old, "2016-10-01", 1)
            .await
            .unwrap();
        people::create(app, &clerk, id, &form("李静", "主席", ""))
            .await
            .unwrap();
        assert_eq!(
            key(people::edit(app, &clerk, id, &old, &form("王芳", "worker", ""), 2).await),
            "person/has-left"
        );
        let view = units::find(app, &clerk, id).await.unwrap();
        let people: Vec<(&str, bool)> = view
            .people
            .iter()
            .map(|person| (person.details.name.as_str(), person.left_on.is_some()))
            .collect();
        assert_eq!(people, [("李静", false), ("王芳", false), ("王芳", true)]);
        assert_eq!(
            view.head.map(|head| head.details.name),
            Some("李静".to_owned())
        );
        // A person of another union can't be reached through this one.
        assert_eq!(
            key(people::find(app, &place.administrator, &place.bakery.id, &old).await),
            "not-found"
        );
    }
}
