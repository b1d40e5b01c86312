//! The city of the big story (see `tests/story.rs` and the browser's): one district, one subdistrict, four unions and the people
//! who act for them, on 10 October 2016.

use std::sync::LazyLock;

use jianjia_domain::{
    core::{
        ids::PersonId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    register::person::Post,
    year::totals::RatingTotals,
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::testing::TestDatabase;
use jiff::civil::{Date, date};

use super::{
    TestCity, city,
    fixtures::{Answers, yes_to_all},
};

/// Everybody's password.
pub const PASSWORD: &str = "people-of-the-story";

/// The day on which it begins.
pub const FIRST_DAY: Date = date(2016, 10, 10);

/// The stage and everybody on it. Each actor's login is the field's name.
pub struct Story {
    pub city: TestCity,
    pub federation: UnitPlace,
    pub district: UnitPlace,
    pub subdistrict: UnitPlace,
    /// Holds the qualified title; climbs to model in 2016 and to trusted in 2017.
    pub hengfeng: UnitPlace,
    /// A model home that competes for the district's one place in 2017.
    pub chenguang: UnitPlace,
    /// A model home whose employer owes wages in 2017.
    pub yuandong: UnitPlace,
    /// A trusted home with casualties over the control figure in 2017.
    pub antai: UnitPlace,
    /// Chair of `antai`, an outstanding union worker.
    pub antai_chair: PersonId,
    /// An ordinary union worker of `antai`, an outstanding one too.
    pub antai_worker: PersonId,
    pub city_approver: Actor,
    pub city_auditor: Actor,
    pub district_approver: Actor,
    pub district_reviewer: Actor,
    pub subdistrict_reviewer: Actor,
    pub subdistrict_chair: Actor,
    pub hengfeng_chair_account: Actor,
    pub chenguang_chair_account: Actor,
    pub yuandong_chair_account: Actor,
    pub antai_chair_account: Actor,
}

/// The rating of a well-liked union with 190 members: 168 of 178 valid ballots are satisfied.
pub static WELL_RATED: LazyLock<RatingTotals> = LazyLock::new(|| {
    let answers = [
        ("satisfied", 140),
        ("basically_satisfied", 28),
        ("dissatisfied", 10),
        ("void", 2),
    ];
    RatingTotals::of(190, answers)
});

/// The figures of `hengfeng` in 2015: ninety per cent of the workers are members; twelve cards are missing for a model home.
const FIGURES_OF_2015: [(&str, i64); 11] = [
    ("workers", 200),
    ("members", 180),
    ("cards_issued", 150),
    ("cards_used", 140),
    ("contracts_due", 200),
    ("contracts_signed", 200),
    ("dues_due", 96_000),
    ("dues_paid", 96_000),
    ("hardship_workers", 6),
    ("hardship_helped", 6),
    ("hardship_well_off", 6),
];

/// Figures with which nothing is missing for a trusted home.
pub const GOOD_FIGURES: [(&str, i64); 11] = [
    ("workers", 198),
    ("members", 190),
    ("cards_issued", 185),
    ("cards_used", 180),
    ("contracts_due", 198),
    ("contracts_signed", 198),
    ("dues_due", 96_000),
    ("dues_paid", 96_000),
    ("hardship_workers", 6),
    ("hardship_helped", 6),
    ("hardship_well_off", 6),
];

impl Story {
    /// Sets the stage.
    ///
    /// # Panics
    /// When something can't be kept.
    pub async fn begin(database: TestDatabase) -> Story {
        let city = city(database, FIRST_DAY);
        let federation = city.unit(None, UnitKind::City, "常州市总工会").await;
        let district = city
            .unit(Some(&federation), UnitKind::District, "天宁区总工会")
            .await;
        let subdistrict = city
            .unit(Some(&district), UnitKind::Township, "兰陵街道总工会")
            .await;
        let union = async |name| {
            let union = city
                .unit(Some(&subdistrict), UnitKind::Grassroots, name)
                .await;
            city.election(&union, date(2015, 3, 20), 5, "").await;
            city.holds(&union, None, "qualified-home", 2016, HonourLevel::County)
                .await;
            union
        };
        let hengfeng = union("常州恒丰纺织有限公司工会").await;
        let chenguang = union("常州晨光印刷有限公司工会").await;
        let yuandong = union("常州远东化工有限公司工会").await;
        let antai = union("常州安泰机械有限公司工会").await;

        let person = async |unit, name, post| city.person(unit, name, post).await;
        let hengfeng_chair = person(&hengfeng, "陈静", Post::Chair).await;
        let chenguang_chair = person(&chenguang, "赵志刚", Post::Chair).await;
        let yuandong_chair = person(&yuandong, "孙丽", Post::Chair).await;
        let antai_chair = person(&antai, "王建国", Post::Chair).await;
        let antai_worker = person(&antai, "李秀兰", Post::Worker).await;

        let account = async |login, name, person, role, unit| {
            city.account(login, PASSWORD, name, person, &[(role, unit)])
                .await
        };
        let story = Story {
            city_approver: account("city_approver", "周明", None, Role::Approver, &federation)
                .await,
            city_auditor: account("city_auditor", "吴敏", None, Role::Auditor, &federation).await,
            district_approver: account(
                "district_approver",
                "钱卫东",
                None,
                Role::Approver,
                &district,
            )
            .await,
            district_reviewer: account(
                "district_reviewer",
                "冯晓燕",
                None,
                Role::Reviewer,
                &district,
            )
            .await,
            subdistrict_chair: account(
                "subdistrict_chair",
                "郑国强",
                None,
                Role::Chair,
                &subdistrict,
            )
            .await,
            subdistrict_reviewer: account(
                "subdistrict_reviewer",
                "何平",
                None,
                Role::Reviewer,
                &subdistrict,
            )
            .await,
            hengfeng_chair_account: account(
                "hengfeng_chair",
                "陈静",
                Some(hengfeng_chair),
                Role::Chair,
                &hengfeng,
            )
            .await,
            chenguang_chair_account: account(
                "chenguang_chair",
                "赵志刚",
                Some(chenguang_chair),
                Role::Chair,
                &chenguang,
            )
            .await,
            yuandong_chair_account: account(
                "yuandong_chair",
                "孙丽",
                Some(yuandong_chair),
                Role::Chair,
                &yuandong,
            )
            .await,
            antai_chair_account: account(
                "antai_chair",
                "王建国",
                Some(antai_chair),
                Role::Chair,
                &antai,
            )
            .await,
            city,
            federation,
            district,
            subdistrict,
            hengfeng,
            chenguang,
            yuandong,
            antai,
            antai_chair,
            antai_worker,
        };
        let last_year = yes_to_all(story.standard(), "model-home", &FIGURES_OF_2015);
        story
            .city
            .said(&story.hengfeng, None, 2015, &last_year)
            .await;
        // Something every month from October 2015, but nothing in September 2016.
        let days: Vec<Date> = months(date(2015, 10, 18), 11);
        story.city.activities(&story.hengfeng, &days).await;
        story
    }

    /// What the other unions did until October 2017: nothing is missing of any of them but for the vetoes.
    ///
    /// # Panics
    /// When something can't be kept.
    pub async fn a_year_of_the_others(&self) {
        let answers = self.everything_good();
        for union in [&self.chenguang, &self.yuandong, &self.antai] {
            self.city.said(union, None, 2017, &answers).await;
            self.city
                .activities(union, &months(date(2016, 10, 8), 13))
                .await;
            self.city.rated(union, 2017, WELL_RATED.clone()).await;
            self.city
                .holds(union, None, "model-home", 2016, HonourLevel::County)
                .await;
        }
        self.city
            .holds(&self.antai, None, "trusted-home", 2016, HonourLevel::City)
            .await;
        let good_person = yes_to_all(self.standard(), "trusted-kin", &[]);
        for (person, name) in [(self.antai_chair, "王建国"), (self.antai_worker, "李秀兰")] {
            self.city
                .said(&self.antai, Some(person), 2017, &good_person)
                .await;
            let holder = Some((person, name));
            self.city
                .holds(
                    &self.antai,
                    holder,
                    "outstanding-worker",
                    2016,
                    HonourLevel::County,
                )
                .await;
        }
    }

    /// Answers with which nothing is missing for a trusted home.
    pub fn everything_good(&self) -> Answers {
        yes_to_all(self.standard(), "trusted-home", &GOOD_FIGURES)
    }

    fn standard(&self) -> &jianjia_standard::Standard {
        self.city.app.in_force()
    }
}

/// The same day of so many months.
///
/// # Panics
/// When a month doesn't have the day.
pub fn months(first: Date, count: i32) -> Vec<Date> {
    (0..count)
        .map(|month| {
            let months = jiff::Span::new().months(month);
            first.checked_add(months).expect("a day of the calendar")
        })
        .collect()
}
