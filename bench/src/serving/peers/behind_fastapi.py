"""The model behind FastAPI, one worker; a row in, a probability out."""

import sys

import lightgbm
import uvicorn
from fastapi import FastAPI

model, port = sys.argv[1:]
booster = lightgbm.Booster(model_file=model)
names = booster.feature_name()
app = FastAPI()


@app.post("/predict")
async def predict(row: dict) -> dict:
    """One row by the names of its columns."""
    values = [[row[name] for name in names]]
    share = float(booster.predict(values, num_threads=1)[0])
    return {"prediction": "yes" if share > 0.5 else "no", "probability": share}


uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", access_log=False)
