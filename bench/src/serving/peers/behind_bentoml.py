"""The model behind BentoML, one worker; a row in, a probability out. MODEL names the file."""

import os

import bentoml
import lightgbm


@bentoml.service(workers=1)
class Predictor:
    """What `bentoml serve behind_bentoml:Predictor` starts."""

    def __init__(self) -> None:
        """Reads the model once a worker."""
        self.booster = lightgbm.Booster(model_file=os.environ["MODEL"])
        self.names = self.booster.feature_name()

    @bentoml.api
    def predict(self, row: dict) -> dict:
        """One row by the names of its columns."""
        values = [[row[name] for name in self.names]]
        share = float(self.booster.predict(values, num_threads=1)[0])
        return {"prediction": "yes" if share > 0.5 else "no", "probability": share}
