//! Evidence: attached to questions, opened by those who may, and told when it can't be taken.

use std::io::Cursor;

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use super::sheet;
use crate::site::{self, Page};

#[tokio::test]
async fn a_photo_is_attached_to_a_fact_and_a_lying_or_huge_file_is_told() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("/units/{}/evidence", site.union.id);
        let mut photo = Vec::new();
        image::DynamicImage::new_rgb8(8, 8)
            .write_to(&mut Cursor::new(&mut photo), image::ImageFormat::Png)
            .unwrap();
        let fields = [("for", "fact:own_account"), ("year", "2016")];
        let lie = chair
            .upload(&path, &fields, &[("file", "许可证.pdf", &photo)])
            .await;
        assert_eq!(lie.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            lie.text()
                .contains("“许可证.pdf”的名字说它是 PDF 文件，内容其实是 PNG 文件"),
            "{}",
            lie.text()
        );
        let huge = vec![0; 50 * 1024 * 1024];
        let huge = chair
            .upload(&path, &fields, &[("file", "视频.pdf", &huge)])
            .await;
        assert_eq!(huge.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            huge.text().contains("“视频.pdf”有 50.0 MB，超过 20 MB"),
            "{}",
            huge.text()
        );
        let taken = chair
            .upload(&path, &fields, &[("file", "许可证.png", &photo)])
            .await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
        let page = chair.get(&sheet(&site, "funds")).await;
        let (_, link) = page
            .body
            .split_once("href=\"/evidence/")
            .expect("the photo at its question");
        let file = format!("/evidence/{}", link.split('"').next().unwrap_or_default());
        let mut reviewer = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let open = reviewer.get(&file).await;
        assert_eq!(
            [
                "content-type",
                "content-disposition",
                "x-content-type-options"
            ]
            .map(|name| open.header(name)),
            [
                "image/png",
                "inline; filename*=UTF-8''%E8%AE%B8%E5%8F%AF%E8%AF%81.png",
                "nosniff"
            ]
        );
        // One file serves many questions at once; those without a tick let it go.
        let id = file.trim_start_matches("/evidence/");
        let uses = format!("/units/{}/evidence/{id}/uses", site.union.id);
        let page = chair.get(&uses).await;
        let ticked = |page: &Page| page.body.matches(" checked>").count();
        assert!(
            page.body.contains("value=\"own_account\" checked>"),
            "{}",
            page.body
        );
        assert_eq!(ticked(&page), 1);
        let questions: Vec<String> = page
            .body
            .split("name=\"fact\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect();
        let others: Vec<&String> = questions
            .iter()
            .filter(|key| *key != "own_account")
            .collect();
        let wanted = [("year", "2016"), ("fact", others[0]), ("fact", others[1])];
        let done = chair.post_form(&uses, &wanted).await;
        assert_eq!(done.location(), path, "{}", done.text());
        let page = chair.get(&uses).await;
        assert_eq!(ticked(&page), 2);
        assert!(
            !page.body.contains("value=\"own_account\" checked>"),
            "{}",
            page.body
        );
        let foreign = [("year", "2016"), ("fact", "no_such_question")];
        assert_eq!(
            chair.post_form(&uses, &foreign).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(ticked(&chair.get(&uses).await), 2, "nothing of it was done");
        let mut neighbour = site
            .sign_in_as("邻居", &[(Role::Chair, &site.neighbour)])
            .await;
        assert_eq!(neighbour.get(&uses).await.status, StatusCode::NOT_FOUND);
        assert_eq!(neighbour.get(&file).await.status, StatusCode::NOT_FOUND);
    }
}
