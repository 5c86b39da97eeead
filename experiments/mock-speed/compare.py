"""Times lenstronomy on the configuration of reference.json and compares its image with ours.

usage: compare.py REFERENCE.json FOLDER   (FOLDER holds ours.json and ours.f32 of `reference_speed`)

Writes FOLDER/result.json. One thread; CPU time of the process, because the machine may be shared.
"""

import json
import os
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import lenstronomy
from lenstronomy.Data.imaging_data import ImageData
from lenstronomy.Data.psf import PSF
from lenstronomy.ImSim.image_model import ImageModel
from lenstronomy.LensModel.lens_model import LensModel
from lenstronomy.LightModel.light_model import LightModel
from scipy.ndimage import gaussian_filter

# Exact b of the exponential, and lenstronomy's linear one: a scaled radius makes the profiles equal.
B_EXACT, B_PEER = 1.6783469900166605, 1.9992 - 0.3271
FWHM_TO_SIGMA = 1 / (2 * np.sqrt(2 * np.log(2)))


def ellipticity(part):
    phi, e = np.radians(part["phi_deg"]), (1 - part["q"]) / (1 + part["q"])
    return {"e1": e * np.cos(2 * phi), "e2": e * np.sin(2 * phi), "center_x": part["x"], "center_y": part["y"]}


def lens_of(reference):
    halo = reference["halo"]
    names, kwargs = ["NFW_ELLIPSE_CSE"], [
        {"Rs": halo["scale_arcsec"], "alpha_Rs": halo["alpha_scale_arcsec"], **ellipticity(halo)}
    ]
    for galaxy in [reference["bcg"], *reference["members"]]:
        names.append("SIE")
        kwargs.append({"theta_E": galaxy["theta_e_arcsec"], **ellipticity(galaxy)})
    return LensModel(names), kwargs


def source_of(reference):
    """Unit flux; bands differ by a factor only."""
    source = reference["source"]
    radius = source["r_e_arcsec"] * B_PEER / B_EXACT
    kwargs = {"amp": 1.0, "R_sersic": radius, "n_sersic": source["n"], **ellipticity(source)}
    # Exact total of amp·exp(−b(R/R_s − 1)): 2π e^b b^−2 Γ(2) R_s².
    kwargs["amp"] = 1 / (2 * np.pi * np.exp(B_PEER) / B_PEER**2 * radius**2)
    return LightModel(["SERSIC_ELLIPSE"]), [kwargs]


def grid(reference):
    size, scale = reference["size_px"], reference["pixel_scale_arcsec"]
    start = -0.5 * (size - 1) * scale
    return ImageData(
        np.zeros((size, size)),
        ra_at_xy_0=start,
        dec_at_xy_0=start,
        transform_pix2angle=np.diag([scale, scale]),
    )


def peer_sigma(reference, band):
    """The quoted width includes the pixel; lenstronomy folds binned light with what it is given."""
    scale = reference["pixel_scale_arcsec"]
    return np.sqrt((reference["fwhm_arcsec"][band] * FWHM_TO_SIGMA) ** 2 - scale**2 / 12)


def image_models(reference, rays):
    """One ImageModel per band, as lenstronomy is usually used."""
    (lens, lens_kwargs), (light, light_kwargs) = lens_of(reference), source_of(reference)
    models = []
    for band in range(3):
        fwhm = peer_sigma(reference, band) / FWHM_TO_SIGMA
        psf = PSF("GAUSSIAN", fwhm=fwhm, truncation=5, pixel_size=reference["pixel_scale_arcsec"])
        models.append(
            ImageModel(grid(reference), psf, lens, light, kwargs_numerics={"supersampling_factor": rays})
        )
    return [
        lambda model=model, band=band: model.image(lens_kwargs, light_kwargs) * reference["source"]["flux"][band]
        for band, model in enumerate(models)
    ]


def shared_trace(reference, rays):
    """One ray-trace for all bands, binned, one filter per band: the fastest way with the same functions."""
    (lens, lens_kwargs), (light, light_kwargs) = lens_of(reference), source_of(reference)
    size, scale = reference["size_px"], reference["pixel_scale_arcsec"]
    places = (np.arange(size * rays) + 0.5 - 0.5 * size * rays) * scale / rays
    x, y = (v.ravel() for v in np.meshgrid(places, places))

    def images():
        bx, by = lens.ray_shooting(x, y, lens_kwargs)
        binned = light.surface_brightness(bx, by, light_kwargs).reshape(size, rays, size, rays).mean((1, 3))
        binned *= scale**2
        return [
            flux * gaussian_filter(binned, peer_sigma(reference, band) / scale, mode="constant", truncate=5)
            for band, flux in enumerate(reference["source"]["flux"])
        ]

    return images


def timed(work, count):
    work()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        work()
    return {
        "cpu_s": (time.process_time() - cpu) / count,
        "wall_s": (time.perf_counter() - wall) / count,
        "runs": count,
    }


def main():
    reference = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[2])
    ours = json.loads((folder / "ours.json").read_text())
    peer = {}
    for rays, count in ((1, 3), (3, 1)):
        models = image_models(reference, rays)
        peer[f"three_image_models_ss{rays}"] = timed(lambda: [model() for model in models], count)
        peer[f"shared_trace_ss{rays}"] = timed(shared_trace(reference, rays), count)
    for value in peer.values():
        value["per_cpu_s"] = 1 / value["cpu_s"]

    size = reference["size_px"]
    mine = np.fromfile(folder / "ours.f32", "<f4").reshape(3, size, size).astype(float)
    theirs = {f"ss{rays}": shared_trace(reference, rays)() for rays in (1, 3, 5, 9)}
    theirs["image_model_ss5"] = [model() for model in image_models(reference, 5)]
    best = theirs["ss9"]

    def off(image, other):
        return [float(np.abs(a - b).max() / b.max()) for a, b in zip(image, other)]

    result = {
        "lenstronomy": lenstronomy.__version__,
        "numpy": np.__version__,
        "load_average": os.getloadavg(),
        "ours": ours,
        "peer": peer,
        "our_speed_over_peer_s": {
            name: value["cpu_s"] / ours["three_bands_gaussian_44_terms"]["cpu_s"] for name, value in peer.items()
        },
        "largest_difference_over_peak_g_r_z": {
            "ours_vs_peer_ss5": off(mine, theirs["ss5"]),
            "ours_vs_peer_image_model_ss5": off(mine, theirs["image_model_ss5"]),
            "ours_vs_peer_ss9": off(mine, best),
            "peer_ss1_vs_peer_ss9": off(theirs["ss1"], best),
            "peer_ss3_vs_peer_ss9": off(theirs["ss3"], best),
            "peer_ss5_vs_peer_ss9": off(theirs["ss5"], best),
        },
        "flux_ours_over_peer_ss9": [float(a.sum() / b.sum()) for a, b in zip(mine, best)],
    }
    (folder / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


main()
