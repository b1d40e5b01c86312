//! Photos of evidence as small pictures: who gets them, and which pages show them instead of the whole ones.

use std::io::Cursor;

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

#[tokio::test]
async fn lists_show_photos_small_and_whoever_may_see_the_photo_gets_the_small_one() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/evidence", site.union.id);
        let mut photo = Vec::new();
        image::DynamicImage::new_rgb8(1_000, 400)
            .write_to(&mut Cursor::new(&mut photo), image::ImageFormat::Png)
            .unwrap();
        let fields = [("for", "fact:own_account"), ("year", "2016")];
        let mut addresses = Vec::new();
        for (name, bytes) in [
            ("许可证.png", photo.as_slice()),
            ("批复.pdf", b"%PDF-1.4\n"),
        ] {
            let sent = chair.upload(&path, &fields, &[("file", name, bytes)]).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
            let page = chair.get(&path).await;
            let link = format!("\">{name}</a>");
            let (before, _) = page.body.split_once(&link).expect(name);
            let (_, whole) = before.rsplit_once("href=\"").expect(name);
            addresses.push(whole.to_owned());
        }
        let (whole, paper) = (&addresses[0], &addresses[1]);
        let sheet = format!("/units/{}/sheet/2016/funds", site.union.id);
        for page in [&path, &sheet] {
            let body = chair.get(page).await.body;
            let of = |piece: &str| {
                let small = format!("<summary><img src=\"{piece}/small\"");
                let unfolded = format!("<a href=\"{piece}\"><img src=\"{piece}\"");
                [small, unfolded].map(|shown| body.matches(&shown).count())
            };
            assert_eq!((of(whole), of(paper)), ([1, 1], [0, 0]), "{page}");
        }
        let mut reviewer = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let mut neighbour = site
            .sign_in_as("邻居", &[(Role::Chair, &site.neighbour)])
            .await;
        let small = format!("{whole}/small");
        for who in [&mut chair, &mut reviewer] {
            let answer = who.get(&small).await;
            assert_eq!(answer.status, StatusCode::OK);
            let headers = [
                "content-type",
                "content-disposition",
                "x-content-type-options",
                "cache-control",
            ];
            assert_eq!(
                headers.map(|name| answer.header(name)),
                ["image/jpeg", "inline", "nosniff", "no-store"]
            );
            assert_eq!(
                answer.header("cache-control"),
                who.get(whole).await.header("cache-control")
            );
            let jpeg = image::ImageFormat::Jpeg;
            let picture = image::load_from_memory_with_format(&answer.bytes, jpeg).unwrap();
            assert_eq!((picture.width(), picture.height()), (320, 128));
            // A paper is no picture.
            let paper = who.get(&format!("{paper}/small")).await;
            assert_eq!(paper.status, StatusCode::NOT_FOUND);
        }
        let foreign = neighbour.get(&small).await;
        let nothing = format!("/evidence/{}/small", site.union.id);
        let nothing = neighbour.get(&nothing).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        assert_eq!(foreign.text(), nothing.text());
    }
}
