//! Where the stories of the city's year begin: unions that meet everything in October 2017, their files for the trusted home, and candidates for it.

use jianjia_app::round::{
    application::{self as applications, DraftInput, Expected},
    recommendation::{self as recommendations, PlaceInput},
    review::{self as reviews, OpinionInput},
};
use jianjia_demo::testing::story::{Story, WELL_RATED, months};
use jianjia_domain::{
    core::{ids::ApplicationId, place::UnitPlace, policy::Actor},
    round::application::Application,
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::{round::application as store, testing};
use jiff::civil::date;

pub const YEAR: i16 = 2017;
pub const TITLE: &str = "trusted-home";

/// The stage in October 2017, on which nothing is missing of any union.
pub async fn stage() -> Story {
    let story = Story::begin(testing::sqlite().await).await;
    story.city.app.clock.set(date(YEAR, 10, 10));
    story.a_year_of_the_others().await;
    let (city, union) = (&story.city, &story.hengfeng);
    city.said(union, None, YEAR, &story.everything_good()).await;
    city.activities(union, &months(date(2016, 10, 8), 13)).await;
    city.rated(union, YEAR, WELL_RATED.clone()).await;
    city.holds(union, None, "model-home", 2016, HonourLevel::County)
        .await;
    story
}

/// A union hands in its file.
pub async fn file(story: &Story, chair: &Actor, union: &UnitPlace) -> ApplicationId {
    let app = &story.city.app;
    let input = DraftInput {
        year: YEAR,
        title: TITLE.to_owned(),
        ..Default::default()
    };
    let id = applications::draft(app, chair, &union.id, &input)
        .await
        .expect("a draft");
    let expected = expected(story, &id).await;
    applications::submit(app, chair, &id, &expected)
        .await
        .expect("submitted");
    id
}

/// Those of Hengfeng, Chenguang and Yuandong, in this order.
pub async fn three_files(story: &Story) -> [ApplicationId; 3] {
    [
        file(story, &story.hengfeng_chair_account, &story.hengfeng).await,
        file(story, &story.chenguang_chair_account, &story.chenguang).await,
        file(story, &story.yuandong_chair_account, &story.yuandong).await,
    ]
}

pub async fn read(story: &Story, id: &ApplicationId) -> Application {
    let mut tx = story.city.app.db.read().await.expect("a transaction");
    let found = store::find(&mut tx, id).await.expect("the file is read");
    found.expect("the file")
}

/// What a page made just now expects.
pub async fn expected(story: &Story, id: &ApplicationId) -> Expected {
    Expected {
        revision: read(story, id).await.revision,
        request_key: String::new(),
    }
}

/// The subdistrict has handed the files on, and the district's reviewer has looked through them. It is November then.
pub async fn at_the_district(story: &Story, files: &[ApplicationId]) {
    let app = &story.city.app;
    app.clock.set(date(YEAR, 10, 27));
    for id in files {
        let input = OpinionInput {
            opinion: "情况属实，同意上报。".to_owned(),
            expected: expected(story, id).await,
        };
        reviews::endorse(app, &story.subdistrict_reviewer, id, &input)
            .await
            .expect("endorsed");
    }
    app.clock.set(date(YEAR, 11, 15));
    for id in files {
        reviews::confirm_rest(app, &story.district_reviewer, id, "材料齐全，已核对")
            .await
            .expect("looked through");
    }
}

/// The district has recommended all of the files to the city.
pub async fn recommended(story: &Story, files: &[ApplicationId]) {
    at_the_district(story, files).await;
    let (app, district) = (&story.city.app, &story.district.id);
    let places = PlaceInput {
        federation: *district,
        title: TITLE.to_owned(),
        seen: 0,
        places: files.len().to_string(),
    };
    recommendations::set_places(app, &story.city_approver, YEAR, &[places])
        .await
        .expect("places");
    let mut chosen = Vec::new();
    for id in files {
        chosen.push((*id, read(story, id).await.revision));
    }
    let by = &story.district_approver;
    recommendations::recommend(app, by, YEAR, TITLE, district, &chosen, "once")
        .await
        .expect("recommended");
}
