//! docker-compose.yml and what of it can be told before anything starts.

use crate::helpers::use_real_shim;
use std::fs;
use std::path::{Path, PathBuf};
use xtask::compose::places::Places;
use xtask::{compose, configuration};

#[test]
fn the_committed_table_of_variables_is_what_the_code_says() {
    configuration::run(&root(), true).unwrap();
}

#[test]
fn the_committed_file_is_read_whole_and_every_address_in_it_is_somebodys() {
    let scene = Scene::set("good");
    furnish(&scene, &root()).unwrap();
}

#[test]
fn a_variable_that_its_service_does_not_read_is_named() {
    let fault = Scene::set("variable").fault("HOST: 0.0.0.0", "HOTS: 0.0.0.0");
    assert!(
        fault.contains("HOTS: audit reads no such variable"),
        "{fault}"
    );
    let of_booking = Scene::set("foreign").fault("METRICS_ADDR: 1", "HOLD_TTL_SECONDS: 1");
    let named = "service gateway: HOLD_TTL_SECONDS: gateway reads no such variable";
    assert!(of_booking.contains(named), "{of_booking}");
    let of_frontend = Scene::set("frontend").fault("GATEWAY_URL: h", "GATEWAY: h");
    let named = "service frontend: GATEWAY: frontend reads no such variable";
    assert!(of_frontend.contains(named), "{of_frontend}");
}

#[test]
fn the_gateway_believes_the_front_end_who_asks() {
    let scene = Scene::set("believed");
    let compose = compose::prepare(&root(), &scene.folder).unwrap();
    let [frontend] = compose.services["frontend"].addresses()[..] else {
        panic!("the front end has one fixed address");
    };
    let gateway = &compose.services["gateway"];
    let mut believed = gateway.environment["TRUSTED_PROXIES"].split(',');
    assert!(believed.any(|address| address == frontend));
    let its_network = "  front:\n    ipam:\n      config:\n        - subnet: 172.31.242.0/24\n";
    let text = fs::read_to_string(root().join("docker-compose.yml")).unwrap();
    assert!(frontend.starts_with("172.31.242.") && text.contains(its_network));
}

#[test]
fn the_front_end_reads_what_its_readme_explains() {
    let known = configuration::variables_of_frontend(&root()).unwrap();
    assert!(known.contains("GATEWAY_URL"), "{known:?}");
    let folder = root().join("frontend");
    let code: String = files(&folder.join("src"))
        .chain(files(&folder.join("server")))
        .map(|file| fs::read_to_string(file).unwrap_or_default())
        .collect();
    for name in known {
        assert!(code.contains(&format!("process.env.{name}")), "{name}");
    }
}

#[test]
fn a_missing_secret_is_named() {
    let scene = Scene::set("missing");
    fs::remove_file(scene.folder.join("secrets/booking-service.pem")).unwrap();
    let missing = scene.fault("", "");
    assert!(
        missing.contains("secret booking-service.pem: there is no "),
        "{missing}"
    );

    let scene = Scene::set("not-given");
    let not_given = scene.fault(
        ", gateway.pem, gateway-service.pem]",
        ", gateway-service.pem]",
    );
    let named = "service gateway: JWT_KEYS: it is not given the secret gateway.pem";
    assert!(not_given.contains(named), "{not_given}");
}

#[test]
fn a_wrong_scrape_target_is_named() {
    let scene = Scene::set("target");
    let copy = scene.folder.join("copy");
    for kind in ["rules", "targets"] {
        let from = root().join("prometheus").join(kind);
        let to = copy.join("prometheus").join(kind);
        fs::create_dir_all(&to).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
    fs::copy(root().join("prometheus.yml"), copy.join("prometheus.yml")).unwrap();
    let wrong = "- targets: [\"booking:4001\"]\n";
    fs::write(copy.join("prometheus/targets/booking-service.yml"), wrong).unwrap();
    let fault = furnish(&scene, &copy).unwrap_err();
    assert!(fault.contains("targets/booking-service.yml"), "{fault}");
    assert!(
        fault.contains("booking:4001: booking listens on 4000"),
        "{fault}"
    );
}

#[test]
fn what_is_not_understood_is_named() {
    let fault =
        Scene::set("unknown").fault("    expose: [\"3500\"]\n", "    exposes: [\"3500\"]\n");
    assert!(
        fault.contains("service flights") && fault.contains("exposes"),
        "{fault}"
    );
}

/// A folder with secrets, gone with this value.
struct Scene {
    folder: PathBuf,
}

impl Scene {
    fn set(name: &str) -> Self {
        use_real_shim();
        let name = format!("airside-compose-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let scene = Self { folder };
        compose::prepare(&root(), &scene.folder).unwrap();
        scene
    }

    /// What is wrong with the committed file once `from` is `to` everywhere.
    fn fault(&self, from: &str, to: &str) -> String {
        let text = fs::read_to_string(root().join("docker-compose.yml")).unwrap();
        assert!(text.contains(from), "{from}");
        let read = compose::read(
            &text.replace(from, to),
            &root(),
            &self.folder.join("secrets"),
        );
        format!("{:#}", read.unwrap_err())
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes the files of Prometheus and of all others, with those of `base`.
fn furnish(scene: &Scene, base: &Path) -> Result<(), String> {
    let text = fs::read_to_string(root().join("docker-compose.yml")).unwrap();
    let compose = compose::read(&text, &root(), &scene.folder.join("secrets")).unwrap();
    let places = Places::find(&compose, &scene.folder).unwrap();
    for (name, service) in &compose.services {
        let base = if name == "prom-server" { base } else { &root() };
        let furnished = places.furnish(name, service, &compose, base);
        furnished.map_err(|error| format!("{error:#}"))?;
    }
    Ok(())
}

/// All files of a folder.
fn files(folder: &Path) -> Box<dyn Iterator<Item = PathBuf>> {
    let entries = fs::read_dir(folder).unwrap();
    Box::new(entries.flat_map(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path),
            false => Box::new(std::iter::once(path)),
        }
    }))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
